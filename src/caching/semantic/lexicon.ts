/** English words that say nothing of what is asked, that say the same as others, and that must never be taken for one another. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean))

/** Politeness, articles, and what turns a wish into a sentence. In another language they are words like any other. */
export const fillers: ReadonlySet<string> = words(`
  a an the this that these those please kindly
  i me my mine we us ours our you your yours it its im ive
  is are am be being been do does can could may would has have lets
  of in on to at into and so then just really actually calculate compute take
  what which whats provide explain describe define
`)

/** Who is spoken of: you are not me, and to call me is not to call. */
export const persons: ReadonlyMap<string, string> = new Map([
  ...['i', 'my', 'mine', 'im', 'ive'].map((word) => [word, 'i'] as const),
  ...['we', 'our', 'ours'].map((word) => [word, 'we'] as const),
  ...['you', 'your', 'yours'].map((word) => [word, 'you'] as const),
  ['me', 'me'],
  ['us', 'us'],
])

/** Words of greeting before a request. */
export const opening = /^[\s,.!]*(?:(?:hello|hi|hey|thanks|thank you|okay|ok|please|so|well)\b[\s,.!]*)*/iu

/** What says no more than that something is wanted, wherever it stands. Persons in it are not spoken of. */
export const requestPhrases = new RegExp(
  `\\b(?:${[
    '(?:can|could|would|will) you(?: please)?',
    '(?:tell|give|show|help|let) (?:me|us)(?: know)?',
    '(?:i|we) (?:really )?(?:want|need|wish|would like)(?: to know| to)?',
    "(?:i|we)['’]d (?:really )?like(?: to know| to)?",
    '(?:can|could|may) (?:i|we) (?:have|get|know|ask)',
    'do you know',
  ].join('|')})\\b`,
  'giu',
)

/** Begins a question that is answered by yes or no. */
export const auxiliaries: ReadonlySet<string> = words(
  'is are am was were do does did can could may might must should shall will would has have had',
)

/** Begins what is told and not asked. */
export const subjects: ReadonlySet<string> = words('i we it there they he she')

/** What is asked of a thing. Where they stand in the sentence says nothing. */
export const questionWords: ReadonlySet<string> = words('how when where why who whom whose many much')

export const negations: ReadonlySet<string> = words(
  'not no never none neither nor nothing nobody without cannot except hardly',
)

/** Small words that say which way round something is. `to` is one of them beside `from` only. */
export const directions: ReadonlySet<string> = words(
  'from than before after over under between until since against by about out off up down versus vs',
)

const numberWords: readonly string[] = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen ' +
  'nineteen twenty'
).split(' ')
const ordinals: readonly string[] =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ')
const tens: readonly string[] = 'thirty forty fifty sixty seventy eighty ninety hundred'.split(' ')

/** Numbers written as words. An ordinal stays apart from its number: the second is not two. */
export const spelledNumbers: ReadonlyMap<string, string> = new Map([
  ...numberWords.map((word, value) => [word, String(value)] as const),
  ...ordinals.map((word, value) => [word, `${value}th`] as const),
  ...tens.map((word, place) => [word, String(10 * (place + 3))] as const),
  ...['1st', '2nd', '3rd'].map((word, place) => [word, `${place + 1}th`] as const),
  ['thousand', '1000'],
  ['million', '1000000'],
  ['billion', '1000000000'],
])

/** Stems that say the same, by the first of each row. */
const sameMeaning: readonly string[] = [
  'write wrote written author writer',
  'build built',
  'win won winner',
  'make made',
  'buy bought purchase',
  'begin start began begun',
  'change update modify edit',
  'summarize summary',
  'calculate compute',
  'large big',
  'small little',
  'fast quick quickly',
  'film movie',
  'phone telephone',
  'price cost',
  'shop store',
  'pay payment',
  'percent percentage',
  'difference differ',
  'maximum max',
  'minimum min',
  'function func',
  'photo photograph picture',
  'email mail',
]

export const synonyms: ReadonlyMap<string, string> = new Map(
  sameMeaning.flatMap((row) => {
    const [first, ...others] = row.split(' ')
    return others.map((word) => [word, first!] as const)
  }),
)

/** Stems of which one must never stand for the other, however alike the rest is. */
const opposites: readonly (readonly [string, string])[] = (
  'cheap expensive|cheapest expensive|high low|highest lowest|large small|largest smallest|biggest smallest|fast slow|fastest slowest|' +
  'old new|oldest newest|long short|longest shortest|early late|first last|before after|above below|over under|more less|most least|' +
  'most fewest|best worst|increase decrease|rise fall|gain lose|add remove|enable disable|on off|in out|up down|open close|begin end|' +
  'begin stop|buy sell|import export|include exclude|ascend descend|minimum maximum|pass fail|true false|accept reject|allow deny|' +
  'legal illegal|safe unsafe|advantage disadvantage|pro con|mother father|male female|man woman|cause effect|lock unlock|left right|' +
  'today tomorrow|today yesterday|summer winter|day night|am pm|same different|all any|all none|with without|lend borrow|hot cold|' +
  'boil freeze|first second|push pull|encrypt decrypt|encode decode|subscribe unsubscribe|upload download|install uninstall'
)
  .split('|')
  .map((pair) => pair.split(' ') as [string, string])

const contrary: ReadonlyMap<string, readonly string[]> = (() => {
  const known = new Map<string, string[]>()
  for (const [one, other] of opposites) {
    known.set(one, [...(known.get(one) ?? []), other])
    known.set(other, [...(known.get(other) ?? []), one])
  }
  return known
})()

export const oppositesOf = (word: string): readonly string[] => contrary.get(word) ?? none

const none: readonly string[] = []
