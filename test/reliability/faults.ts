import type { VendorQuirks } from '../../src/domain/vendor.ts'
import type { Behaviour, OnContinuation } from '../support/faults/behaviour.ts'
import type { Said } from '../support/faults/said.ts'
import { vendorErrorEvents, vendorErrors } from '../support/faults/vendor-errors.ts'

/** What a client is to get where a fault strikes the model that was chosen, and another one is sound. */
export type Expected =
  /** The model's own answer: the fault does no harm. */
  | 'unharmed'
  /** The other model's answer; nothing is to be seen of the fault. */
  | 'another answers'
  /** An error: to send the request elsewhere would not help, or is not ours to do. */
  | 'error'
  /** A stream that has begun: what becomes of it is the recovery mode's to say. */
  | 'by recovery mode'
  /** The same, but nobody can go on. */
  | 'by recovery mode, and alone'

export type Fault = {
  readonly name: string
  readonly group: string
  readonly behaviours: readonly Behaviour[]
  readonly shapes: 'both' | 'streaming'
  readonly expected: Expected
  /** The model that breaks has little time: it is the wait that breaks it. */
  readonly impatient?: true
  /** Nobody listens where the model should be. */
  readonly refused?: true
  /** What is said in place of five words. */
  readonly said?: Partial<Said>
  /** How the other model takes it to go on with an answer. */
  readonly other?: { readonly asked: OnContinuation; readonly prefill?: VendorQuirks['prefill'] }
  /** Whose words the error is told in; absent: nobody's in particular. */
  readonly vendor?: string
  /** Responses take no beginning of an answer, and their end is their finish reason. */
  readonly notInResponses?: true
  /** Struck also where the client reads another format than the vendor writes. */
  readonly acrossFormats?: true
  /** Keeps the machine so busy that rows beside it would suffer. */
  readonly heavy?: true
}

const both = (group: string, expected: Expected, name: string, ...behaviours: Behaviour[]): Fault => ({
  name,
  group,
  behaviours,
  shapes: 'both',
  expected,
})

const streaming = (...rest: Parameters<typeof both>): Fault => ({ ...both(...rest), shapes: 'streaming' })

const impatient = (fault: Fault): Fault => ({ ...fault, impatient: true })

const connection = 'Connection and reply'
const before = 'Streams that fail before their first content'
const after = 'Streams that break off after their first content'
const others = 'What the other model makes of it'
const harmless = 'Oddities that do no harm'
const inVendorsWords = 'Errors, in the words of each vendor'

const oops: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'oops' } } }

const acrossFormats: ReadonlySet<string> = new Set([
  'status 500, once',
  'first content too late',
  'cut after 1 of 5 words',
  'cut after 3 of 5 words',
  'cut after 5 of 5 words',
  'stall',
  'cut, and the other says something else',
  'cut in the middle of a call of a tool',
  'no end marker',
  'a trickle',
])

const elsewhere = new Set(['rejected', 'content-filtered'])

const cut: Behaviour = { kind: 'cut', afterWords: 3, how: 'close' }
const calling = { toolCall: { name: 'look_up', argumentsPieces: ['{"city": ', '"Paris"', '}'] } }

const all: readonly Fault[] = [
  { ...both(connection, 'another answers', 'connection refused'), refused: true },
  both(connection, 'another answers', 'reset before the headers', { kind: 'reset-before-headers' }),
  both(connection, 'another answers', 'reset after the headers', { kind: 'reset-after-headers' }),
  impatient(both(connection, 'another answers', 'no answer at all', { kind: 'never-answer' })),
  both(connection, 'unharmed', 'status 500, once', oops, { kind: 'answer' }),
  both(connection, 'another answers', 'a page in place of an answer', {
    kind: 'raw',
    contentType: 'text/html',
    body: '<h1>Welcome</h1>',
  }),
  both(connection, 'another answers', 'an error in JSON with status 200', {
    kind: 'raw',
    contentType: 'application/json',
    body: '{"error":{"message":"busy","type":"overloaded_error"}}',
  }),
  impatient(
    streaming(before, 'another answers', 'first content too late', {
      kind: 'slow-first-content',
      delayMs: 1_000,
    }),
  ),
  streaming(before, 'another answers', 'cut after the role', { kind: 'cut-events', after: 1 }),
  impatient(streaming(before, 'another answers', 'stall after the role', { kind: 'stall', afterWords: 0 })),
  streaming(before, 'another answers', 'nothing but the end marker', { kind: 'empty-stream' }),
  streaming(before, 'another answers', 'nothing but usage', { kind: 'usage-only' }),
  streaming(before, 'another answers', 'an error event first', { kind: 'error-event', afterWords: 0 }),
  {
    ...streaming(before, 'another answers', 'all words at once, and no finish reason', { kind: 'no-finish' }),
    notInResponses: true,
  },
  ...[1, 2, 3, 4, 5].map((words) =>
    streaming(after, 'by recovery mode', `cut after ${words} of 5 words`, {
      kind: 'cut',
      afterWords: words,
      how: 'close',
    }),
  ),
  streaming(after, 'by recovery mode', 'reset', { kind: 'cut', afterWords: 3, how: 'reset' }),
  impatient(streaming(after, 'by recovery mode', 'stall', { kind: 'stall', afterWords: 3 })),
  streaming(after, 'by recovery mode', 'half an event, then the rest', {
    kind: 'malformed-event',
    afterWords: 3,
    rest: true,
  }),
  {
    ...streaming(after, 'by recovery mode', 'an event of 9 MB', {
      kind: 'huge-event',
      afterWords: 3,
      bytes: 9_000_000,
    }),
    heavy: true,
  },
  ...vendorErrorEvents.map(({ vendor, event }) => ({
    ...streaming(after, 'by recovery mode', `an error event of ${vendor}`, {
      kind: 'error-event',
      afterWords: 3,
      event,
    }),
    vendor,
  })),
  {
    ...streaming(others, 'by recovery mode', 'cut, and the other takes a prefill', cut),
    other: { asked: 'go-on', prefill: 'last-message' },
    notInResponses: true,
  },
  {
    ...streaming(others, 'by recovery mode', 'cut, and the other refuses the prefill', cut),
    other: { asked: 'refuse-prefill', prefill: 'last-message' },
    notInResponses: true,
  },
  {
    ...streaming(others, 'by recovery mode', 'cut, and the other gives the prefill back', cut),
    other: { asked: 'repeat', prefill: 'prefix-field' },
  },
  {
    ...streaming(others, 'by recovery mode', 'cut, and the other begins anew', cut),
    other: { asked: 'repeat' },
  },
  {
    ...streaming(others, 'by recovery mode, and alone', 'cut, and the other says something else', cut),
    other: { asked: 'other' },
  },
  {
    ...streaming(others, 'by recovery mode', 'cut in the middle of a call of a tool', {
      kind: 'cut-events',
      after: 8,
      pauseAfter: 6,
    }),
    said: calling,
  },
  both(harmless, 'unharmed', 'compressed though nobody asked for it', { kind: 'gzip' }),
  streaming(harmless, 'unharmed', 'first content late', { kind: 'slow-first-content', delayMs: 50 }),
  streaming(harmless, 'unharmed', 'a trickle', { kind: 'trickle', everyMs: 25 }),
  streaming(harmless, 'unharmed', 'comments and noise between the events', { kind: 'noise' }),
  streaming(harmless, 'unharmed', 'no end marker', { kind: 'no-end-marker', hold: false }),
  impatient(
    streaming(harmless, 'unharmed', 'no end marker, and the connection stays open', {
      kind: 'no-end-marker',
      hold: true,
    }),
  ),
  streaming(harmless, 'unharmed', 'the finish reason twice', { kind: 'double-finish' }),
  ...vendorErrors.map(({ vendor, what, kind, status, body, headers = {} }) => ({
    ...both(
      inVendorsWords,
      elsewhere.has(kind) ? 'error' : 'another answers',
      `${vendor}: ${what} (${status})`,
      {
        kind: 'status',
        status,
        body,
        headers,
      },
    ),
    vendor,
  })),
]

export const faults: readonly Fault[] = all.map((fault) =>
  acrossFormats.has(fault.name) ? { ...fault, acrossFormats: true } : fault,
)
