import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alignment, anchorStart, hear, hearEnd, seeking } from './align.ts'

/** What the client ends up with: what it was sent, and what is let through of the second answer. `null`: diverged. */
function assembled(start: Alignment, sent: string, pieces: readonly string[]): string | null {
  let alignment = start
  let text = sent
  for (const piece of pieces) {
    const heard = hear(alignment, sent, piece)
    alignment = heard.alignment
    text += heard.fresh
  }
  const end = hearEnd(alignment, sent)
  return end.alignment.kind === 'diverged' ? null : text + end.fresh
}

const repeating: Alignment = { kind: 'repeating', matched: 0 }
const echoing: Alignment = { kind: 'echoing', heard: '', leastEcho: 40 }

/** Words with numbers, so that no passage stands in two places; with the white space of real answers in between. */
const anAnswer = fc
  .array(
    fc.tuple(fc.constantFrom('the', 'of', 'a', 'Wort', 'naïve', '語'), fc.constantFrom(' ', '\n\n', ', ')),
    {
      minLength: 2,
      maxLength: 60,
    },
  )
  .map((pairs) =>
    pairs
      .map(([word, space], index) => `${word}${index}${space}`)
      .join('')
      .trimEnd(),
  )

/** An answer, the part of it that was sent, and places to cut the second answer at. */
const aBreak = fc
  .tuple(anAnswer, fc.nat(), fc.array(fc.nat(), { maxLength: 6 }))
  .map(([whole, at, places]) => ({ whole, sent: whole.slice(0, 1 + (at % (whole.length - 1))), places }))

function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length]
  return at.slice(1).map((end, index) => text.slice(at[index], end))
}

const rest = ({ whole, sent }: { whole: string; sent: string }): string => whole.slice(sent.trimEnd().length)
const anchor = (sent: string): string => sent.slice(anchorStart(sent)).trimEnd()

describe('the whole answer comes together, wherever the first broke off and however the second is cut', () => {
  test.each<readonly [string, Alignment, (one: { whole: string; sent: string }) => string]>([
    ['said again to the letter', repeating, ({ whole }) => whole],
    ['gone on with from a prefill', echoing, rest],
    ['gone on with from the last words', seeking, (one) => anchor(one.sent) + rest(one)],
    [
      'gone on with from the last words, in quotation marks',
      seeking,
      (one) => ` "${anchor(one.sent)}${rest(one)}`,
    ],
    ['said again though it should have gone on', seeking, ({ whole }) => whole],
  ])('%s', (_name, start, second) => {
    fc.assert(
      fc.property(aBreak, (one) => {
        fc.pre(one.sent.trim() !== '')
        expect(assembled(start, one.sent, cut(second(one), one.places))).toBe(one.whole)
      }),
    )
  })

  test('a prefill that is said again before it is gone on with', () => {
    fc.assert(
      fc.property(aBreak, ({ whole, sent, places }) => {
        fc.pre(sent.trim() !== '')
        const short = sent.trimEnd().length < 40
        const start: Alignment = short ? { kind: 'echoing', heard: '', leastEcho: 1 } : echoing
        expect(assembled(start, sent, cut(whole, places))).toBe(whole)
      }),
    )
  })
})

describe('another answer', () => {
  test.each<readonly [string, Alignment]>([
    ['is none that repeats', repeating],
    ['is none that goes on from the last words', seeking],
  ])('%s', (_name, start) => {
    fc.assert(
      fc.property(aBreak, fc.string({ minLength: 1 }), ({ sent, places }, other) => {
        fc.pre(sent.trim() !== '')
        const text = assembled(start, sent, cut(`#${other}`, places))
        expect(text).toBeNull()
      }),
    )
  })

  test('nothing is lost, and nothing said twice, whatever it says: the place is certain or there is none', () => {
    const circling = fc
      .array(fc.constantFrom('na ', 'ba '), { minLength: 1, maxLength: 60 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(
        circling,
        circling,
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 4 }),
        (sent, more, from, places) => {
          const given = sent.trimEnd()
          const start = from % (anchorStart(sent) + 1)
          const text = assembled(seeking, sent, cut(given.slice(start) + more, places))
          // Two passages that both fit would make two answers of it.
          if (text !== null) expect(text).toBe(sent + more)
        },
      ),
    )
  })

  test('an end that comes too early is none', () => {
    expect(assembled(repeating, 'One two three', ['One ', 'two'])).toBeNull()
    expect(assembled(seeking, 'One two three', ['One ', 'two'])).toBeNull()
    expect(assembled(seeking, 'One two three', [])).toBeNull()
  })
})

describe('white space where an answer broke off', () => {
  test.each([
    ['One two ', ' three', 'One two three'],
    ['One two ', 'three', 'One two three'],
    ['One two\n', '\n\nthree', 'One two\n\nthree'],
    ['One two', ' three', 'One two three'],
    ['One tw', 'o three', 'One two three'],
  ])('%j and %j', (sent, more, whole) => {
    expect(assembled(echoing, sent, [more])).toBe(whole)
    expect(assembled(echoing, sent, [...more])).toBe(whole)
  })
})

test('the last words begin with a word, and are the whole of a short text', () => {
  expect(anchor('One two three ')).toBe('One two three')
  const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ')
  expect(anchor(long)).toMatch(/^word\d+( word\d+){5,8}$/)
  expect(long.endsWith(anchor(long))).toBe(true)
  expect(anchor('x'.repeat(100))).toBe('x'.repeat(60))
})
