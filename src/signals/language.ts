/** Frequent short words of languages in Latin script; none stands in two lists of one script family without need. */
const stopWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set('the of and to is in that it for with what how are you this which was be on by'.split(' ')),
  de: new Set(
    'der die das und ist nicht ein eine ich zu den mit von auf wie was für sind dem auch'.split(' '),
  ),
  fr: new Set(
    'le la les et est un une des du que qui dans pour pas sur avec je vous quelle comment'.split(' '),
  ),
  es: new Set('el los las y es una del que en por para con como qué cuál su se lo más pero'.split(' ')),
  it: new Set('il lo gli e è di che un una per non con sono come della nel cosa quale più anche'.split(' ')),
  pt: new Set('o os as e é um uma do da que em para com não como por mais qual você são'.split(' ')),
  nl: new Set('de het een en is van dat niet op met voor zijn wat hoe ik aan er maar ook bij'.split(' ')),
  pl: new Set('i w na jest nie się z do to że jak co czy dla od przez po ale jaki są'.split(' ')),
  sv: new Set('och att det är en ett som för på inte med av den till hur vad jag har om kan'.split(' ')),
  tr: new Set('ve bir bu için ne ile da de mi nasıl olarak çok daha var gibi kadar hangi en'.split(' ')),
}

const codes = Object.keys(stopWords)

/** By word, the places in `codes` of the languages that have it: a text's words are then looked up once, not once a language. */
const languagesOf: ReadonlyMap<string, readonly number[]> = (() => {
  const known = new Map<string, number[]>()
  codes.forEach((code, place) => {
    for (const word of stopWords[code]!) known.set(word, [...(known.get(word) ?? []), place])
  })
  return known
})()

const scripts: readonly (readonly [string, RegExp])[] = [
  ['ja', /[\u3040-\u30ff]/g],
  ['ko', /[\uac00-\ud7af]/g],
  ['zh', /[\u3400-\u9fff]/g],
  ['ru', /[\u0400-\u04ff]/g],
  ['ar', /[\u0600-\u06ff]/g],
  ['he', /[\u0590-\u05ff]/g],
  ['el', /[\u0370-\u03ff]/g],
  ['hi', /[\u0900-\u097f]/g],
  ['th', /[\u0e00-\u0e7f]/g],
]

const charsRead = 600

/** The language of a text by its script, else by its commonest words: an ISO 639-1 code, or `und` when nothing tells. */
export function language(text: string): string {
  const start = text.slice(0, charsRead)
  const byScript = scriptOf(start)
  if (byScript) return byScript
  const words = start.toLowerCase().match(/\p{L}+/gu) ?? []
  const hits = new Uint16Array(codes.length)
  for (const word of words) for (const place of languagesOf.get(word) ?? none) hits[place]!++
  let best = 'und'
  let most = 0
  for (let place = 0; place < codes.length; place++) {
    if (hits[place]! <= most) continue
    most = hits[place]!
    best = codes[place]!
  }
  return best
}

const none: readonly number[] = []

function scriptOf(text: string): string | null {
  if (!/[\u0250-\u1fff\u2300-\uffff]/.test(text)) return null
  const letters = (text.match(/\p{L}/gu) ?? []).length
  for (const [code, pattern] of scripts) {
    const hits = (text.match(pattern) ?? []).length
    // Japanese mixes kana with Chinese characters: a few kana are enough.
    if (hits > letters * (code === 'ja' ? 0.1 : 0.3)) return code
  }
  return null
}
