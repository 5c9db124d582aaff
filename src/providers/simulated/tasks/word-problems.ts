import { type Draw, integerBetween, pick } from '../../../domain/random.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { givesNumber } from './matching.ts'
import { nearCount } from './mistakes.ts'
import { drawUntil, type Level, levelFrom, type TaskFamily } from './task.ts'
import { people, things } from './vocabulary.ts'

/** Short stories in which a person's stock of things changes; the level is the number of changes. */
type Event =
  | { readonly kind: 'gain'; readonly count: number }
  | { readonly kind: 'loss'; readonly count: number }
  | { readonly kind: 'packs'; readonly packs: number; readonly each: number }
  | { readonly kind: 'double' }
  | { readonly kind: 'halve' }
  | { readonly kind: 'share'; readonly among: number }
  /** A sentence with a number that has nothing to do with the question. */
  | { readonly kind: 'aside'; readonly count: number }

type Story = { readonly start: number; readonly events: readonly Event[] }

export const wordProblems: TaskFamily = {
  kind: 'word-problems',
  approach: ['Keeping a running total and changing it with every sentence of the story.'],
  generate(draw, level) {
    const story = drawUntil(
      () => randomStory(draw, level),
      (made) => totals(made).every((total) => Number.isInteger(total) && total >= 1 && total < 5000),
    )
    return {
      kind: 'word-problems',
      level,
      prompt: told(draw, story),
      answer: answerTo(story),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const story = storyIn(prompt)
    return story && { level: levelOf(story), solve: () => answerTo(story) }
  },
  check: ({ answer }, text) => givesNumber(answer, text),
  mistake: (draw, { answer }) => String(nearCount(draw, Number(answer))),
}

function randomStory(draw: Draw, level: Level): Story {
  const start = integerBetween(draw, 5, 20 * level)
  const events: Event[] = []
  for (let index = 0; index < level; index++) events.push(randomEvent(draw, level, index === level - 1))
  if (level >= 3 && draw() < 0.7) {
    events.splice(integerBetween(draw, 0, level - 1), 0, {
      kind: 'aside',
      count: integerBetween(draw, 3, 40),
    })
  }
  return { start, events }
}

function randomEvent(draw: Draw, level: Level, last: boolean): Event {
  const options: (() => Event)[] = [
    () => ({ kind: 'gain', count: integerBetween(draw, 2, 15 * level) }),
    () => ({ kind: 'loss', count: integerBetween(draw, 2, 10 * level) }),
  ]
  if (level >= 2)
    options.push(() => ({
      kind: 'packs',
      packs: integerBetween(draw, 2, 9),
      each: integerBetween(draw, 3, 15),
    }))
  if (level >= 3)
    options.push(
      () => ({ kind: 'double' }),
      () => ({ kind: 'halve' }),
    )
  if (level >= 2 && last) options.push(() => ({ kind: 'share', among: integerBetween(draw, 2, 6) }))
  return pick(draw, options)()
}

const levelOf = ({ events }: Story): Level => levelFrom(events.filter(({ kind }) => kind !== 'aside').length)

/** The stock after each event. */
function totals({ start, events }: Story): number[] {
  let total = start
  return [start, ...events.map((event) => (total = after(total, event)))]
}

const answerTo = (story: Story): string => String(totals(story).at(-1)!)

function after(total: number, event: Event): number {
  switch (event.kind) {
    case 'gain':
      return total + event.count
    case 'loss':
      return total - event.count
    case 'packs':
      return total + event.packs * event.each
    case 'double':
      return total * 2
    case 'halve':
      return total / 2
    case 'share':
      return total / event.among
    case 'aside':
      return total
    default:
      return unreachable(event)
  }
}

function told(draw: Draw, { start, events }: Story): string {
  const name = pick(draw, people)
  const other = pick(
    draw,
    people.filter((person) => person !== name),
  )
  const thing = pick(draw, things)
  const opening = pick(draw, [
    `${name} has ${start} ${thing}.`,
    `${name} starts the week with ${start} ${thing}.`,
    `At first ${name} owns ${start} ${thing}.`,
  ])
  const sentences = events.map((event) => sentence(draw, event, { name, other, thing }))
  const shared = events.some(({ kind }) => kind === 'share')
  const question = shared
    ? pick(draw, [`How many ${thing} does each friend get?`, `What is each friend's share, in ${thing}?`])
    : pick(draw, [
        `How many ${thing} does ${name} have now?`,
        `How many ${thing} are left with ${name} at the end?`,
      ])
  return `${opening} ${sentences.join(' ')} ${question}`
}

function sentence(
  draw: Draw,
  event: Event,
  { name, other, thing }: { readonly name: string; readonly other: string; readonly thing: string },
): string {
  switch (event.kind) {
    case 'gain':
      return pick(draw, [
        `${name} buys ${event.count} more.`,
        `Then ${other} gives ${name} another ${event.count}.`,
        `${name} finds ${event.count} in a drawer.`,
      ])
    case 'loss':
      return pick(draw, [
        `${name} gives ${event.count} to ${other}.`,
        `After that, ${name} loses ${event.count} of them.`,
        `${name} sells ${event.count} at the market.`,
      ])
    case 'packs':
      return pick(draw, [
        `${name} buys ${event.packs} boxes with ${event.each} ${thing} in each.`,
        `Next come ${event.packs} bags of ${event.each} ${thing} each.`,
      ])
    case 'double':
      return pick(draw, [
        `The next day ${name} doubles the collection.`,
        `Then the number of ${thing} doubles.`,
      ])
    case 'halve':
      return pick(draw, [`${name} gives half of them away.`, `Half of the ${thing} are lost in the rain.`])
    case 'share':
      return pick(draw, [
        `Finally ${name} divides all of them equally among ${event.among} friends.`,
        `In the end all the ${thing} are shared equally between ${event.among} friends.`,
      ])
    case 'aside':
      return pick(draw, [
        `${other} is ${event.count} years old.`,
        `The walk home takes ${event.count} minutes.`,
        `${other} watches and eats ${event.count} biscuits.`,
      ])
    default:
      return unreachable(event)
  }
}

const readers: readonly { readonly pattern: RegExp; readonly read: (numbers: readonly number[]) => Event }[] =
  [
    {
      pattern: /\byears old\b|\bminutes?\b|\bhours?\b|\bbiscuits\b/i,
      read: ([count]) => ({ kind: 'aside', count: count ?? 0 }),
    },
    {
      pattern: /\b(?:equally|evenly)\b.*\b(?:among|between|with)\b/i,
      read: ([among]) => ({ kind: 'share', among: among ?? 1 }),
    },
    { pattern: /\bhalf\b/i, read: () => ({ kind: 'halve' }) },
    { pattern: /\bdoubl(?:es?|ed)\b/i, read: () => ({ kind: 'double' }) },
    {
      pattern: /\b(?:box(?:es)?|bags?|packs?|packets?)\b.*\b(?:each|per)\b|\beach\b.*\bbox/i,
      read: ([packs, each]) => ({ kind: 'packs', packs: packs ?? 0, each: each ?? 0 }),
    },
    {
      pattern: /\b(?:buys?|bought|another|more|finds?|found|gets?|got|receives?|received)\b/i,
      read: ([count]) => ({ kind: 'gain', count: count ?? 0 }),
    },
    {
      pattern: /\b(?:gives?|gave|loses?|lost|sells?|sold|eats?|ate|away)\b/i,
      read: ([count]) => ({ kind: 'loss', count: count ?? 0 }),
    },
  ]

function storyIn(prompt: string): Story | null {
  const sentences = prompt
    .trim()
    .split(/(?<=[.?!])\s+/)
    .map((text) => text.trim())
  const question = sentences.findIndex(
    (text) => text.endsWith('?') && /\bhow many\b|\bwhat is each\b/i.test(text),
  )
  const opening = sentences.findIndex((text) =>
    /\b[A-Z]\w+ (?:has|have|had|owns?|starts?|began|begins)\b[^?]*\b\d+ \w+/.test(text),
  )
  if (opening < 0 || question <= opening) return null
  const events: Event[] = []
  for (const text of sentences.slice(opening + 1, question)) {
    const reader = readers.find(({ pattern }) => pattern.test(text))
    if (!reader) return null
    events.push(reader.read((text.match(/\d+/g) ?? []).map(Number)))
  }
  if (events.length === 0) return null
  const start = Number(/\d+/.exec(sentences[opening]!)![0])
  return { start, events }
}
