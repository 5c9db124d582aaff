import type { Finish, StreamPart, Usage } from '../../domain/answer.ts'
import type { Failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { JsonObject } from '../lenient.ts'
import type { StreamEncoder, WireFormat } from '../wire-format.ts'
import { BlockWriter } from './block-writer.ts'
import { encodeFailure } from './encode-failure.ts'
import { encodeFinish } from './finish.ts'
import type { MessagesStreamState } from './stream-decoder.ts'
import { encodeUsage, noTokens } from './usage.ts'

export const eventOf = (value: JsonObject): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

type Begun = Pick<MessagesStreamState, 'nextBlock' | 'block'>

const nothingBegun: Begun = { nextBlock: 0, block: null }

/** Events as Anthropic writes them. */
export const encodeStream: WireFormat['encodeStream'] = ({ id, model }, options) =>
  encoderFor(messageStart(`msg_${id}`, model), nothingBegun, options.usage)

/** A block that stands open is gone on with; the numbers of blocks go on. */
export const resumeStream: WireFormat<MessagesStreamState>['resumeStream'] = (state, options) =>
  encoderFor(state.head === null ? messageStart('msg_', '') : '', state, options.usage)

/** Nothing is known of the prompt's tokens yet; clients take the counts of the last event for those of the message. */
const messageStart = (id: string, model: string): string =>
  eventOf({
    type: 'message_start',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: noTokens,
    },
  })

/** The reason to stop and the usage go out in one event, at the end: vendors of other formats tell the one before the other. */
function encoderFor(opening: string, begun: Begun, withUsage: boolean): StreamEncoder {
  const blocks = new BlockWriter(begun, eventOf)
  let unsaid = opening
  let finish: Finish | null = null
  let usage: Usage | null = null
  const part = (next: StreamPart): string => {
    if (next.kind === 'finish') finish = next.finish
    else if (next.kind === 'usage') usage = next.usage
    else {
      const text = unsaid + encodePart(blocks, next)
      unsaid = ''
      return text
    }
    return ''
  }
  const end = (): string => {
    const stop = eventOf({ type: 'message_stop' })
    if (finish === null) return stop
    const told = withUsage && usage !== null ? encodeUsage(usage) : noTokens
    const delta = eventOf({ type: 'message_delta', delta: encodeFinish(finish), usage: told })
    return unsaid + blocks.close() + delta + stop
  }
  return { part, end }
}

function encodePart(
  blocks: BlockWriter,
  part: Exclude<StreamPart, { kind: 'usage' } | { kind: 'finish' }>,
): string {
  switch (part.kind) {
    case 'start':
    // This format has no place for them.
    case 'logprobs':
      return ''
    case 'text-delta':
    case 'refusal-delta':
      return blocks.text(part.text)
    case 'reasoning-delta':
      return blocks.thinking(part.text)
    case 'reasoning-seal':
      return blocks.seal(part.sealed)
    case 'opaque':
      return blocks.opaque(part)
    case 'tool-call-start':
      return blocks.callStart(part.index, part.id, part.name)
    case 'tool-call-delta':
      return blocks.callDelta(part.index, part.argumentsText)
    default:
      return unreachable(part)
  }
}

/** No `message_stop` follows: a stream that failed must not look complete. */
export const encodeStreamFailure = (failure: Failure): string => eventOf(encodeFailure(failure).body)
