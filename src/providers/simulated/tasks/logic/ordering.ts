import { type Draw, integerBetween, pick, shuffle } from '../../../../domain/random.ts'
import { unreachable } from '../../../../domain/unreachable.ts'
import { people } from '../vocabulary.ts'

/** Who finished where in a race; the solver tries all orders. Places count from 0. */
type Clue =
  | { readonly kind: 'before'; readonly a: number; readonly b: number }
  | { readonly kind: 'right-before'; readonly a: number; readonly b: number }
  | { readonly kind: 'not-next'; readonly a: number; readonly b: number }
  | { readonly kind: 'not-at'; readonly who: number; readonly end: 'first' | 'last' }

export type Race = {
  readonly names: readonly string[]
  readonly clues: readonly Clue[]
  readonly asked: number
}

/** `places[who]` is a person's place. */
type Places = readonly number[]

function holds(clue: Clue, places: Places): boolean {
  switch (clue.kind) {
    case 'before':
      return places[clue.a]! < places[clue.b]!
    case 'right-before':
      return places[clue.a]! + 1 === places[clue.b]!
    case 'not-next':
      return Math.abs(places[clue.a]! - places[clue.b]!) !== 1
    case 'not-at':
      return places[clue.who]! !== (clue.end === 'first' ? 0 : places.length - 1)
    default:
      return unreachable(clue)
  }
}

function allPlaces(count: number): Places[] {
  const found: number[][] = []
  const extend = (places: number[]) => {
    if (places.length === count) found.push(places)
    for (let place = 0; place < count; place++) if (!places.includes(place)) extend([...places, place])
  }
  extend([])
  return found
}

const fitting = (worlds: readonly Places[], clues: readonly Clue[]): Places[] =>
  worlds.filter((places) => clues.every((clue) => holds(clue, places)))

/** Clues are drawn until one order is left, and those that turn out to say nothing new are taken out again. */
export function randomRace(draw: Draw, count: number): Race {
  const names = shuffle(draw, people).slice(0, count)
  const truth = shuffle(
    draw,
    Array.from({ length: count }, (_, place) => place),
  )
  const all = allPlaces(count)
  let clues: Clue[] = []
  for (let left = all; left.length > 1; ) {
    const clue = randomClue(draw, count)
    if (!holds(clue, truth)) continue
    const fewer = fitting(left, [clue])
    if (fewer.length === left.length) continue
    clues.push(clue)
    left = fewer
  }
  for (const clue of [...clues]) {
    const others = clues.filter((other) => other !== clue)
    if (fitting(all, others).length === 1) clues = others
  }
  return { names, clues, asked: integerBetween(draw, 0, count - 1) }
}

function randomClue(draw: Draw, count: number): Clue {
  const [a, b] = shuffle(
    draw,
    Array.from({ length: count }, (_, who) => who),
  )
  return pick(draw, [
    { kind: 'before', a: a!, b: b! },
    { kind: 'before', a: a!, b: b! },
    { kind: 'right-before', a: a!, b: b! },
    { kind: 'not-next', a: a!, b: b! },
    { kind: 'not-at', who: a!, end: draw() < 0.5 ? 'first' : 'last' },
  ] as const)
}

export function personAsked({ names, clues, asked }: Race): string {
  const places = fitting(allPlaces(names.length), clues)[0]
  return names[places?.indexOf(asked) ?? 0]!
}

const ordinals: readonly string[] = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
]

export function raceText(draw: Draw, { names, clues, asked }: Race): string {
  const listed = shuffle(draw, names)
  const who = `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`
  const intro = pick(draw, [
    `${who} ran a race without ties.`,
    `There were ${names.length} people in a race: ${who}. No two of them finished together.`,
    `In a competition between ${who}, every place was taken by one person.`,
  ])
  const lines = shuffle(draw, clues).map((clue) => clueText(draw, clue, names))
  const question = pick(draw, [
    `Who finished ${ordinals[asked]}?`,
    `Who came in ${ordinals[asked]}? Answer with the name only.`,
  ])
  return `${intro} ${lines.join(' ')} ${question}`
}

function clueText(draw: Draw, clue: Clue, names: readonly string[]): string {
  switch (clue.kind) {
    case 'before':
      return draw() < 0.5
        ? `${names[clue.a]} finished before ${names[clue.b]}.`
        : `${names[clue.b]} finished after ${names[clue.a]}.`
    case 'right-before':
      return draw() < 0.5
        ? `${names[clue.a]} finished immediately before ${names[clue.b]}.`
        : `${names[clue.b]} finished immediately after ${names[clue.a]}.`
    case 'not-next':
      return `${names[clue.a]} and ${names[clue.b]} were not next to each other in the ranking.`
    case 'not-at':
      return `${names[clue.who]} was not ${clue.end}.`
    default:
      return unreachable(clue)
  }
}

export function raceIn(prompt: string): Race | null {
  const question =
    /\bwho (?:finished|came in|came|was|ended up) (first|second|third|fourth|fifth|sixth|seventh|eighth|last)\b/i.exec(
      prompt,
    )
  if (!question) return null
  const clues: Clue[] = []
  const names: string[] = []
  const person = (name: string): number => {
    if (!names.includes(name)) names.push(name)
    return names.indexOf(name)
  }
  for (const sentence of prompt.slice(0, question.index).split(/(?<=[.!?])\s+/)) {
    const clue = clueIn(sentence, person)
    if (clue) clues.push(clue)
    // The sentence that lists the runners names those that no clue mentions.
    else
      for (const [name] of sentence.matchAll(/\b[A-Z][a-z]+(?=,| and |\.| ran| took)|(?<= and )[A-Z][a-z]+/g))
        person(name)
  }
  if (names.length < 3 || names.length > 7 || clues.length === 0) return null
  const ordinal = question[1]!.toLowerCase()
  const asked = ordinal === 'last' ? names.length - 1 : ordinals.indexOf(ordinal)
  return asked >= 0 && asked < names.length ? { names, clues, asked } : null
}

function clueIn(sentence: string, person: (name: string) => number): Clue | null {
  const apart = /\b([A-Z]\w+) and ([A-Z]\w+) were not next to each other/.exec(sentence)
  if (apart) return { kind: 'not-next', a: person(apart[1]!), b: person(apart[2]!) }
  const end = /\b([A-Z]\w+) (?:was|did) not (?:finish |come )?(first|last)\b/.exec(sentence)
  if (end) return { kind: 'not-at', who: person(end[1]!), end: end[2] as 'first' | 'last' }
  const pair =
    /\b([A-Z]\w+) (?:finished|came|arrived) ((?:immediately|directly|right|just) )?(before|after|ahead of|behind) ([A-Z]\w+)/.exec(
      sentence,
    )
  if (!pair) return null
  const later = pair[3] === 'after' || pair[3] === 'behind'
  const [a, b] = later ? [pair[4]!, pair[1]!] : [pair[1]!, pair[4]!]
  return { kind: pair[2] ? 'right-before' : 'before', a: person(a), b: person(b) }
}
