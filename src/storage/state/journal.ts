/**
 * What happens to accounts, written down as it happens: each line reaches the system by a synchronous write before anybody is told that it
 * happened, so a killed process loses none. (A machine that loses power may lose what its system had not put on the disk yet.)
 */

import * as fs from 'node:fs'
import { dirname } from 'node:path'
import type { Entry, OpenSet, Recorder } from './account-book.ts'
import { accountLine, amountsLine, heldLine, periodLine, type Replayed, replay } from './journal-lines.ts'
import { lockJournal } from './journal-lock.ts'
import type { StateProblem } from './shared-state.ts'
import { StateError } from './state-error.ts'

/** The calls of `node:fs` that a journal makes. */
export type JournalFiles = Pick<
  typeof fs,
  | 'openSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'closeSync'
  | 'renameSync'
  | 'copyFileSync'
  | 'readFileSync'
  | 'existsSync'
>

export type JournalOptions = {
  readonly path: string
  /** Rewritten as what it comes to when it has grown by so much. */
  readonly compactAfterBytes?: number
  /** After a write that failed, the next try. */
  readonly retryAfterMs?: number
  readonly files?: JournalFiles
}

export type Journal = {
  readonly recorder: Recorder
  /** What the last process has left. */
  readonly replayed: Replayed
  /** From here on everything is written down, beginning with all there is. */
  readonly begin: (all: JournalContent) => void
  readonly close: () => void
}

/** All that a journal comes to at a moment. */
export type JournalContent = {
  readonly entries: () => Iterable<Entry>
  readonly open: () => Iterable<OpenSet>
}

/** Reads a journal that exists and locks it. Throws `StateError` where another has it or it can't be read. */
export function openJournal(options: JournalOptions, report: (problem: StateProblem) => void): Journal {
  const { path, compactAfterBytes = 32 * 2 ** 20, retryAfterMs = 5000, files = fs } = options
  const unlock = locked(path)
  const failedToRead = (error: unknown) => {
    unlock()
    return new StateError(
      `The journal ${path} can't be read: ${messageOf(error)}.`,
      'Make it readable, or move it away: what was spent is then forgotten.',
    )
  }
  let replayed: Replayed
  try {
    replayed = replay(files.existsSync(path) ? files.readFileSync(path, 'latin1') : '')
  } catch (error) {
    throw failedToRead(error)
  }
  if (replayed.unreadable > 0) setAside(path, replayed.unreadable, files, report)
  const writer = createWriter(path, { compactAfterBytes, retryAfterMs, files, report })
  return {
    replayed,
    recorder: writer.recorder,
    begin: writer.begin,
    close: () => {
      writer.close()
      unlock()
    },
  }
}

function locked(path: string): () => void {
  let unlock: (() => void) | null
  try {
    fs.mkdirSync(dirname(path), { recursive: true })
    unlock = lockJournal(path)
  } catch (error) {
    throw new StateError(`The journal ${path} can't be opened: ${messageOf(error)}.`, 'Name another path.')
  }
  if (unlock) return unlock
  throw new StateError(
    `The journal ${path} belongs to another process that runs.`,
    'Stop that one, give this one a journal of its own, or let both share their limits with `state: redis://…`.',
  )
}

/** What can't be read is kept for whoever wants to look into it; the rest counts. */
function setAside(
  path: string,
  lines: number,
  files: JournalFiles,
  report: (problem: StateProblem) => void,
): void {
  const aside = `${path}.damaged`
  try {
    files.copyFileSync(path, aside)
  } catch {
    // The report says it all the same.
  }
  report({
    kind: 'journal-failed',
    reason: `${lines} lines of ${path} can't be read: what they say is not counted. It is kept as ${aside}`,
  })
}

type WriterOptions = Required<Omit<JournalOptions, 'path'>> & {
  readonly report: (problem: StateProblem) => void
}

function createWriter(path: string, { compactAfterBytes, retryAfterMs, files, report }: WriterOptions) {
  let all: JournalContent | null = null
  let descriptor: number | null = null
  let retry: NodeJS.Timeout | null = null
  let told = false
  let lines = 0
  let grown = 0

  const drop = (): void => {
    if (descriptor === null) return
    try {
      files.closeSync(descriptor)
    } catch {
      // Closing writes nothing: what failed was told before.
    }
    descriptor = null
  }
  const fail = (error: unknown): void => {
    drop()
    if (!told) report({ kind: 'journal-failed', reason: `${path}: ${messageOf(error)}` })
    told = true
    retry ??= setTimeout(() => {
      retry = null
      rewrite()
    }, retryAfterMs).unref()
  }
  /** A new file in the place of the old: accounts get new numbers, what is open stands in it as set aside. */
  const rewrite = (): void => {
    if (!all) return
    drop()
    const aside = `${path}.new`
    try {
      const fresh = files.openSync(aside, 'w', 0o600)
      try {
        lines = 0
        for (const text of contentOf(all, () => ++lines)) writeWhole(files, fresh, text)
        files.fsyncSync(fresh)
      } finally {
        files.closeSync(fresh)
      }
      files.renameSync(aside, path)
      descriptor = files.openSync(path, 'a', 0o600)
      grown = 0
      told = false
    } catch (error) {
      fail(error)
    }
  }
  const append = (text: string): void => {
    if (descriptor === null) return
    try {
      writeWhole(files, descriptor, text)
    } catch (error) {
      fail(error)
      return
    }
    grown += text.length
    if (grown > compactAfterBytes) rewrite()
  }
  const introduced = (entry: Entry): string => {
    if (entry.line !== 0) return ''
    entry.line = ++lines
    return accountLine(entry)
  }
  const recorder: Recorder = {
    rolled: (entry) => append(introduced(entry) || periodLine(entry)),
    held: (set) => {
      if (descriptor === null) return
      let text = ''
      for (const entry of set.entries) text += introduced(entry)
      append(text + heldLine(set))
    },
    changed: ({ id, amounts }) => append(amountsLine('c', id, amounts)),
    ended: ({ id }, amounts) => append(amountsLine('s', id, amounts)),
  }
  return {
    recorder,
    begin: (content: JournalContent) => {
      all = content
      rewrite()
    },
    close: () => {
      if (retry) clearTimeout(retry)
      rewrite()
      if (retry) clearTimeout(retry)
      drop()
      all = null
    },
  }
}

/** In pieces, so that a hundred thousand accounts are not one string. */
function* contentOf(all: JournalContent, number: () => number): Iterable<string> {
  let text = ''
  for (const entry of all.entries()) {
    entry.line = number()
    text += accountLine(entry)
    if (text.length > 65_536) {
      yield text
      text = ''
    }
  }
  for (const set of all.open()) text += heldLine(set)
  yield text
}

/** A disk that fills takes a part of a line. */
function writeWhole(files: JournalFiles, descriptor: number, text: string): void {
  if (text.length === 0) return
  const written = files.writeSync(descriptor, text, null, 'latin1')
  if (written !== text.length) throw new Error(`only ${written} of ${text.length} bytes were written`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
