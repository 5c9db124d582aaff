/**
 * Finds the place in a second answer from which on it says what the client does not have yet. Fed with the second answer's
 * text as it comes; text is held back until the place is certain. No I/O.
 */

import { unreachable } from '../../../domain/unreachable.ts'

export type Alignment =
  /** Found: everything from here on is new, but for white space that the client has already. */
  | { readonly kind: 'aligned'; readonly spaceToSkip: string }
  /** The second answer is another than the one that the client has the beginning of. */
  | { readonly kind: 'diverged' }
  /** It must say again, to the letter, what the client has; so much of it has come. */
  | { readonly kind: 'repeating'; readonly matched: number }
  /** It should go on at once, but a vendor may repeat the beginning that it was given. */
  | { readonly kind: 'echoing'; readonly heard: string; readonly leastEcho: number }
  /** It must begin with a passage that the client has the end of: those that it may still be, by where they start. */
  | {
      readonly kind: 'seeking'
      readonly heard: string
      readonly starts: readonly number[] | null
      /** Those that have come to their end. More than one: the text turns in circles, and nobody can tell where it goes on. */
      readonly found: readonly number[]
    }

type Seeking = Extract<Alignment, { kind: 'seeking' }>

export type Heard = { readonly alignment: Alignment; readonly fresh: string }

/** A passage of a few words is unlikely to stand elsewhere in the answer. */
const anchorChars = 60

/** Places to begin at, in a text of one letter that goes on for ever. */
const mostStarts = 256

export const aligned: Alignment = { kind: 'aligned', spaceToSkip: '' }
const nothingHeard: Seeking = { kind: 'seeking', heard: '', starts: null, found: [] }
export const seeking: Alignment = nothingHeard

/** Where the last words of a text begin, which a model that is to go on has to repeat. */
export function anchorStart(text: string): number {
  const end = text.trimEnd().length
  const from = Math.max(0, end - anchorChars)
  if (from === 0) return text.length - text.trimStart().length
  const space = text.slice(from, end - 1).search(/\s\S/)
  return space === -1 ? from : from + space + 1
}

/** The next text of the second answer; `sent` is what the client has of the first. */
export function hear(alignment: Alignment, sent: string, text: string): Heard {
  switch (alignment.kind) {
    case 'aligned':
      return afterSpace(alignment.spaceToSkip, text)
    case 'diverged':
      return diverged
    case 'repeating':
      return repeat(alignment.matched, sent, text)
    case 'echoing':
      return echo(alignment.heard + text, alignment.leastEcho, sent)
    case 'seeking':
      return seek(alignment, sent, text)
    default:
      return unreachable(alignment)
  }
}

/** No more text comes before the answer ends or goes over to something else. */
export function hearEnd(alignment: Alignment, sent: string): Heard {
  switch (alignment.kind) {
    case 'aligned':
      return { alignment, fresh: '' }
    case 'diverged':
    case 'repeating':
      return diverged
    case 'echoing':
      return alignment.heard.length < alignment.leastEcho ? goOn(alignment.heard, sent) : diverged
    case 'seeking':
      return after(alignment.found, alignment.heard, sent)
    default:
      return unreachable(alignment)
  }
}

const diverged: Heard = { alignment: { kind: 'diverged' }, fresh: '' }

const spaceAfter = (sent: string): string => sent.slice(sent.trimEnd().length)

/** Of white space that the client has, so much is left out as comes again. */
function afterSpace(space: string, text: string): Heard {
  let same = 0
  while (same < space.length && same < text.length && space[same] === text[same]) same++
  const rest = same === text.length ? space.slice(same) : ''
  return { alignment: { kind: 'aligned', spaceToSkip: rest }, fresh: text.slice(same) }
}

const goOn = (text: string, sent: string): Heard => afterSpace(spaceAfter(sent), text)

function repeat(matched: number, sent: string, text: string): Heard {
  const left = sent.length - matched
  if (text.length < left)
    return sent.startsWith(text, matched)
      ? { alignment: { kind: 'repeating', matched: matched + text.length }, fresh: '' }
      : diverged
  return text.startsWith(sent.slice(matched)) ? { alignment: aligned, fresh: text.slice(left) } : diverged
}

function echo(heard: string, leastEcho: number, sent: string): Heard {
  const given = sent.trimEnd()
  if (given.length < leastEcho) return goOn(heard, sent)
  if (heard.startsWith(given)) return goOn(heard.slice(given.length), sent)
  if (given.startsWith(heard)) return { alignment: { kind: 'echoing', heard, leastEcho }, fresh: '' }
  return goOn(heard, sent)
}

function seek({ heard, starts, found }: Seeking, sent: string, text: string): Heard {
  const given = sent.trimEnd()
  const all = heard + text
  const known = starts ?? placesToStart(given, anchorStart(sent), all)
  const next = passages(given, known, all, starts === null ? 0 : heard.length, found)
  if (next.starts.length > 0)
    return { alignment: { kind: 'seeking', heard: all, starts: next.starts, found: next.found }, fresh: '' }
  if (next.found.length > 0) return after(next.found, all, sent)
  // Models like to begin with white space, dots or a quotation mark where they go on.
  const bare = all.replace(/^[\s"'“”…`*.]+/, '')
  if (bare === '') return { alignment: { ...nothingHeard, heard: all }, fresh: '' }
  return bare === all ? diverged : seek(nothingHeard, sent, bare)
}

function after(found: readonly number[], heard: string, sent: string): Heard {
  const [start, another] = found
  if (start === undefined || another !== undefined) return diverged
  return goOn(heard.slice(sent.trimEnd().length - start), sent)
}

/** The passages of `given` that begin like `text`, reach to its end and are no shorter than the anchor. */
function placesToStart(given: string, latest: number, text: string): readonly number[] {
  const places: number[] = []
  for (let at = given.indexOf(text[0]!); at !== -1 && at <= latest; at = given.indexOf(text[0]!, at + 1)) {
    const shared = Math.min(text.length, given.length - at)
    if (given.startsWith(text.slice(0, shared), at)) places.push(at)
  }
  // The first is the whole answer over again, and the last ones are what was asked for.
  return places.length > mostStarts ? [places[0]!, ...places.slice(1 - mostStarts)] : places
}

function passages(
  given: string,
  starts: readonly number[],
  all: string,
  before: number,
  foundBefore: readonly number[],
): { readonly starts: readonly number[]; readonly found: readonly number[] } {
  const open: number[] = []
  const found = [...foundBefore]
  for (const start of starts) {
    const length = given.length - start
    const expected = given.slice(start + before, start + Math.min(all.length, length))
    if (!all.startsWith(expected, before)) continue
    if (all.length < length) open.push(start)
    else found.push(start)
  }
  return { starts: open, found }
}
