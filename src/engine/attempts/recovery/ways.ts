import { unreachable } from '../../../domain/unreachable.ts'
import type { Target } from '../../../domain/vendor.ts'
import type { Continuation } from '../../../wire/wire-format.ts'
import type { Job } from '../call-target.ts'
import { charsPerToken } from '../usage.ts'
import { type Alignment, aligned, anchorStart, seeking } from './align.ts'
import type { Sent } from './sent.ts'

/** How a target may be brought to go on with an answer that broke off. */
export type Way =
  /** The client has no text yet: the answer may be any. */
  | 'anew'
  /** The same request again; its answer must begin with what the client has. */
  | 'repeat'
  /** The text is put in the model's mouth. */
  | 'prefill'
  /** The model is told to go on, and shows by repeating the last words that it knows from where. */
  | 'instruction'

/** Why no target at all can go on with the answer, or `null`. */
export function obstacleTo({ beyond }: Sent, { request }: Job): string | null {
  if (beyond !== null) return `the client has ${beyond} of it already`
  return request.sampling.answers > 1 ? 'several answers were asked for at once' : null
}

/** The ways to try with a target, the surest first. */
export function waysFor(sent: Sent, { request }: Job, target: Target): readonly Way[] {
  if (sent.text.trim() === '') return ['anew']
  // Vendors hold every answer to the format from its first letter on: the rest of one is none.
  if (request.responseFormat.kind !== 'text') return ['repeat']
  if (acceptsPrefill(target)) return ['prefill', 'instruction']
  const { temperature, seed } = request.sampling
  const sameAgain = target.model.id === sent.model && (temperature === 0 || seed !== null)
  return sameAgain ? ['repeat', 'instruction'] : ['instruction']
}

/** A model that thinks first would have to be given its thoughts too. */
const acceptsPrefill = ({ vendor, model }: Target): boolean =>
  vendor.quirks.prefill !== undefined && !model.capabilities.has('reasoning')

/** A passage that is shorter may well stand twice in an answer. */
const leastEcho = 40

export function alignmentFor(way: Way, { text }: Sent, { vendor }: Target): Alignment {
  switch (way) {
    case 'anew':
      return text === '' ? aligned : { kind: 'aligned', spaceToSkip: text }
    case 'repeat':
      return { kind: 'repeating', matched: 0 }
    case 'prefill':
      // Vendors with a field for it give the beginning back with the answer.
      return {
        kind: 'echoing',
        heard: '',
        leastEcho: vendor.quirks.prefill === 'prefix-field' ? 1 : leastEcho,
      }
    case 'instruction':
      return seeking
    default:
      return unreachable(way)
  }
}

export function jobOn(way: Way, sent: Sent, job: Job): Job {
  const ask = askFor(way, sent)
  if (ask === null) return job
  const tokens = Math.ceil(sent.text.length / charsPerToken)
  // Some vendors refuse a beginning that ends in white space, and no model goes on well from one.
  const continuation = { text: sent.text.trimEnd(), ask, spentTokens: tokens }
  return { ...job, continuation, promptTokens: job.promptTokens + tokens }
}

function askFor(way: Way, { text }: Sent): Continuation['ask'] | null {
  switch (way) {
    case 'anew':
    case 'repeat':
      return null
    case 'prefill':
      return { kind: 'prefill' }
    case 'instruction':
      return { kind: 'instruction', words: instruction(text.slice(anchorStart(text)).trimEnd()) }
    default:
      return unreachable(way)
  }
}

const instruction = (anchor: string): string =>
  'Your last message broke off on its way to me. Go on with it from where it stops. Add no comment and start nothing anew. ' +
  `So that I see where you go on, begin with these last words of it, letter by letter, and write on right behind them:\n${anchor}`
