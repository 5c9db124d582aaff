import { type Draw, seededDraw } from '../../domain/random.ts'

/**
 * Changes of a prompt that ask the same thing: none of them should change who answers. Of the rehearsed kinds the network sees
 * others in training (src/learning/training/rewording.ts), though never in these words; of the fresh ones it sees none.
 */
export type Perturbation = {
  readonly rehearsed: boolean
  readonly perturb: (text: string, draw: Draw) => string
}

const fresh = (perturb: Perturbation['perturb']): Perturbation => ({ rehearsed: false, perturb })
const rehearsed = (perturb: Perturbation['perturb']): Perturbation => ({ rehearsed: true, perturb })

export const perturbations: Readonly<Record<string, Perturbation>> = {
  'trailing space': fresh((text) => `${text} `),
  'trailing newline': fresh((text) => `${text}\n`),
  'double space': fresh((text) => text.replace(/ /, '  ')),
  'no final mark': fresh((text) => text.replace(/[.?!]\s*$/, '')),
  'curly quotes': fresh((text) => text.replace(/'/g, '’')),
  contractions: fresh(withOtherContractions),
  emphasis: fresh((text) => text.replace(/\p{L}{4,}/u, '**$&**')),
  'other instruction word': fresh(withOtherInstructionWord),
  'in quotation marks': fresh((text) => `"${text}"`),
  'lower-case start': rehearsed((text) => text.charAt(0).toLowerCase() + text.slice(1)),
  'one typing slip': rehearsed(withSwappedLetters),
  'thanks at the end': rehearsed((text) => `${text} Thanks!`),
  'please at the start': rehearsed((text) => `Please answer: ${text}`),
}

/** Two neighbouring letters of one longer word change places. */
function withSwappedLetters(text: string, draw: Draw): string {
  const words = text.split(' ')
  const long = words.flatMap((word, index) => (word.length > 3 ? [index] : []))
  if (long.length === 0) return text
  const index = long[Math.floor(draw() * long.length)]!
  const word = words[index]!
  words[index] = word[0]! + word[2]! + word[1]! + word.slice(3)
  return words.join(' ')
}

const contractions: readonly (readonly [string, string])[] = [
  ["what's", 'what is'],
  ["it's", 'it is'],
  ["don't", 'do not'],
  ["doesn't", 'does not'],
  ["didn't", 'did not'],
  ["isn't", 'is not'],
  ["can't", 'cannot'],
  ["I'm", 'I am'],
  ["I'd", 'I would'],
]

/** Contractions are written out, and what is written out is contracted. */
function withOtherContractions(text: string): string {
  const other = new Map(
    contractions.flatMap(([short, long]) => [
      [short.toLowerCase(), long],
      [long.toLowerCase(), short],
    ]),
  )
  return swapped(text, other)
}

const instructionWords: readonly (readonly [string, string])[] = [
  ['explain', 'describe'],
  ['find', 'determine'],
  ['calculate', 'compute'],
  ['choose', 'select'],
  ['write', 'compose'],
  ['give', 'provide'],
  ['show', 'display'],
  ['tell', 'inform'],
  ['help', 'assist'],
  ['answer', 'reply'],
  ['which', 'what'],
]

/** The first of these words gives way to one that asks the same. */
function withOtherInstructionWord(text: string): string {
  const other = new Map(
    instructionWords.flatMap(([one, another]) => [
      [one, another],
      [another, one],
    ]),
  )
  return swapped(text, other, 1)
}

/** At most `times` of the words of the map are replaced; a capital stays one. */
function swapped(text: string, other: ReadonlyMap<string, string>, times = Number.POSITIVE_INFINITY): string {
  let left = times
  return text.replace(new RegExp(`\\b(?:${[...other.keys()].join('|')})\\b`, 'gi'), (word) => {
    if (left-- <= 0) return word
    const instead = other.get(word.toLowerCase())!
    return /^\p{Lu}/u.test(word) ? instead.charAt(0).toUpperCase() + instead.slice(1) : instead
  })
}

export type FlipRates = {
  readonly all: number
  /** Means over the kinds of perturbation that training rehearses, and over those that it does not. */
  readonly rehearsed: number
  readonly fresh: number
  /** Of the prompts that the perturbation changes. */
  readonly byPerturbation: Readonly<Record<string, number>>
}

/** The share of perturbed prompts that `choose` sends elsewhere than the prompt itself. */
export function flipRates(
  prompts: readonly string[],
  choose: (prompt: string) => string,
  seed: string,
): FlipRates {
  const draw = seededDraw(seed)
  const first = prompts.map(choose)
  const rates = Object.entries(perturbations).map(([name, { rehearsed, perturb }]) => {
    let changed = 0
    let flipped = 0
    prompts.forEach((prompt, index) => {
      const perturbed = perturb(prompt, draw)
      if (perturbed === prompt) return
      changed++
      if (choose(perturbed) !== first[index]) flipped++
    })
    return { name, rehearsed, rate: changed === 0 ? 0 : flipped / changed }
  })
  return {
    all: meanRate(rates),
    rehearsed: meanRate(rates.filter(({ rehearsed }) => rehearsed)),
    fresh: meanRate(rates.filter(({ rehearsed }) => !rehearsed)),
    byPerturbation: Object.fromEntries(rates.map(({ name, rate }) => [name, rate])),
  }
}

const meanRate = (rates: readonly { readonly rate: number }[]): number =>
  rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length
