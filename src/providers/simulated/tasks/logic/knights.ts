import { type Draw, integerBetween, pick, shuffle } from '../../../../domain/random.ts'
import { unreachable } from '../../../../domain/unreachable.ts'
import { conclusionOf } from '../matching.ts'
import { drawUntil } from '../task.ts'
import { people } from '../vocabulary.ts'

/** Knights always tell the truth, knaves always lie; the solver tries all 2^n ways of who is what. */
export type Claim =
  | { readonly kind: 'is'; readonly who: number; readonly knight: boolean }
  | { readonly kind: 'same'; readonly a: number; readonly b: number; readonly same: boolean }
  | { readonly kind: 'both'; readonly a: number; readonly b: number }
  | { readonly kind: 'either-knave'; readonly a: number; readonly b: number }
  | { readonly kind: 'count'; readonly knights: number }

export type Island = {
  readonly names: readonly string[]
  readonly statements: readonly { readonly speaker: number; readonly claim: Claim }[]
}

/** Bit i of a world says whether person i is a knight. */
const isKnight = (world: number, who: number): boolean => ((world >> who) & 1) === 1

function holds(claim: Claim, world: number, count: number): boolean {
  switch (claim.kind) {
    case 'is':
      return isKnight(world, claim.who) === claim.knight
    case 'same':
      return (isKnight(world, claim.a) === isKnight(world, claim.b)) === claim.same
    case 'both':
      return isKnight(world, claim.a) && isKnight(world, claim.b)
    case 'either-knave':
      return !isKnight(world, claim.a) || !isKnight(world, claim.b)
    case 'count': {
      let knights = 0
      for (let who = 0; who < count; who++) if (isKnight(world, who)) knights++
      return knights === claim.knights
    }
    default:
      return unreachable(claim)
  }
}

export function worldsOf({ names, statements }: Island): number[] {
  const worlds: number[] = []
  for (let world = 0; world < 1 << names.length; world++) {
    const fits = statements.every(
      ({ speaker, claim }) => isKnight(world, speaker) === holds(claim, world, names.length),
    )
    if (fits) worlds.push(world)
  }
  return worlds
}

export function knightsOf(island: Island): string {
  const world = worldsOf(island)[0] ?? 0
  const knights = island.names.filter((_, who) => isKnight(world, who))
  return knights.length === 0 ? 'nobody' : knights.join(', ')
}

/** With exactly one solution. */
export function randomIsland(draw: Draw, count: number): Island {
  return drawUntil(
    () => {
      const names = shuffle(draw, people).slice(0, count)
      const statements = names.map((_, speaker) => ({ speaker, claim: randomClaim(draw, speaker, count) }))
      return { names, statements }
    },
    (island) => worldsOf(island).length === 1,
  )
}

function randomClaim(draw: Draw, speaker: number, count: number): Claim {
  const others = shuffle(
    draw,
    Array.from({ length: count }, (_, who) => who),
  ).filter((who) => who !== speaker)
  const [a, b] = others
  const options: Claim[] = [
    { kind: 'is', who: a!, knight: draw() < 0.4 },
    { kind: 'same', a: speaker, b: a!, same: draw() < 0.5 },
    { kind: 'count', knights: integerBetween(draw, 1, count - 1) },
  ]
  if (b !== undefined) options.push({ kind: 'both', a: a!, b }, { kind: 'either-knave', a: a!, b })
  return pick(draw, options)
}

function claimText(claim: Claim, names: readonly string[], speaker: number): string {
  const name = (who: number) => names[who]!
  switch (claim.kind) {
    case 'is':
      return `${name(claim.who)} is a ${claim.knight ? 'knight' : 'knave'}.`
    case 'same': {
      const other = name(claim.a === speaker ? claim.b : claim.a)
      return claim.same ? `${other} and I are of the same kind.` : `${other} and I are of different kinds.`
    }
    case 'both':
      return `${name(claim.a)} and ${name(claim.b)} are both knights.`
    case 'either-knave':
      return `At least one of ${name(claim.a)} and ${name(claim.b)} is a knave.`
    case 'count':
      return `Exactly ${claim.knights} of us ${claim.knights === 1 ? 'is a knight' : 'are knights'}.`
    default:
      return unreachable(claim)
  }
}

export function islandText(draw: Draw, { names, statements }: Island): string {
  const verb = pick(draw, ['says', 'claims', 'states'])
  const lines = statements.map(
    ({ speaker, claim }) => `${names[speaker]} ${verb}: "${claimText(claim, names, speaker)}"`,
  )
  const intro = pick(draw, [
    'On an island, knights always tell the truth and knaves always lie.',
    'Everyone here is either a knight, who only makes true statements, or a knave, who only makes false ones.',
    'A puzzle: each person is a truthful knight or a lying knave.',
  ])
  const question = pick(draw, [
    'Who are the knights? If there are none, answer "nobody".',
    'List the names of all knights (or say "nobody").',
    'Which of them are knights? Give the names separated by commas, or "nobody".',
  ])
  return `${intro}\n${lines.join(pick(draw, ['\n', ' ']))}\n${question}`
}

export function islandIn(prompt: string): Island | null {
  if (!/\bknights?\b/i.test(prompt)) return null
  const spoken = [
    ...prompt.matchAll(/\b([A-Z]\w+) (?:says|claims|states|said)(?: that)?[:,]? ["“]([^"”]+)["”]/g),
  ]
  const names = spoken.map((match) => match[1]!)
  if (names.length < 2 || names.length > 12) return null
  const statements: { speaker: number; claim: Claim }[] = []
  for (const [speaker, match] of spoken.entries()) {
    const claim = claimIn(match[2]!, names, speaker)
    if (!claim) return null
    statements.push({ speaker, claim })
  }
  return { names, statements }
}

function claimIn(text: string, names: readonly string[], speaker: number): Claim | null {
  const mentioned = [...text.matchAll(/\b[A-Z]\w*/g)]
    .map(([word]) => (word === 'I' ? speaker : names.indexOf(word)))
    .filter((who) => who >= 0)
  const [a, b] = mentioned
  const exactly = /\bexactly (\d+) of us\b/i.exec(text)
  if (exactly) return { kind: 'count', knights: Number(exactly[1]) }
  if (a === undefined) return null
  if (b === undefined) {
    const is = /\bis (?:not )?a (knight|knave)\b/i.exec(text)
    return is && { kind: 'is', who: a, knight: (is[1]!.toLowerCase() === 'knight') !== / not /.test(text) }
  }
  if (/\bsame (?:kind|type)\b/i.test(text)) return { kind: 'same', a, b, same: true }
  if (/\bdifferent (?:kinds?|types?)\b/i.test(text)) return { kind: 'same', a, b, same: false }
  if (/\bboth knights\b/i.test(text)) return { kind: 'both', a, b }
  return /\bat least one of\b.*\bknave\b/i.test(text) ? { kind: 'either-knave', a, b } : null
}

/** The names that a text gives as its answer, in the order of `names`. */
export function knightsNamed(names: readonly string[], text: string): string {
  const answer = conclusionOf(text).text.split(/\bknaves?\b|;|\bwhile\b|\bbut\b/i)[0] ?? ''
  const named = names.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(answer))
  if (named.length > 0) return named.join(', ')
  return /\b(?:nobody|none|no one)\b/i.test(answer) ? 'nobody' : ''
}
