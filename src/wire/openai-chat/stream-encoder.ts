import type { StreamPart, Usage } from '../../domain/answer.ts'
import type { Failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { StreamEncoder, WireFormat } from '../wire-format.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import type { ChatStreamState, ChunkHead } from './stream-decoder.ts'
import { encodeUsage } from './usage.ts'

const event = (json: string): string => `data: ${json}\n\n`

/** Chunks as OpenAI writes them. */
export const encodeStream: WireFormat['encodeStream'] = ({ id, created, model }, options) =>
  encoderFor({ id: `chatcmpl-${id}`, created, model }, options.usage, false)

/** The role has been said; some clients append it to itself where it comes a second time. */
export const resumeStream: WireFormat<ChatStreamState>['resumeStream'] = ({ head }, options) =>
  encoderFor(head ?? { id: '', created: 0, model: '' }, options.usage, head !== null)

/**
 * Vendors may report usage several times; the last report goes out at the end, in a chunk without choices, to the client
 * that asked for it.
 */
function encoderFor(head: ChunkHead, withUsage: boolean, begun: boolean): StreamEncoder {
  const chunk = chunkWriter(head, withUsage)
  let usage: Usage | null = null
  let started = begun
  const part = (next: StreamPart): string => {
    if (next.kind === 'usage') {
      usage = next.usage
      return ''
    }
    const opening = started ? '' : chunk.choice('{"role":"assistant","content":"","refusal":null}')
    started = true
    return opening + encodePart(chunk, next)
  }
  const end = (): string => (withUsage && usage !== null ? chunk.usage(usage) : '') + event('[DONE]')
  return { part, end }
}

type ChunkWriter = {
  /** All three are JSON texts. */
  readonly choice: (delta: string, logprobs?: string, finishReason?: string) => string
  readonly usage: (usage: Usage) => string
}

/** What all chunks of a stream share is written once. */
function chunkWriter({ id, created, model }: ChunkHead, withUsage: boolean): ChunkWriter {
  const shared = JSON.stringify({ id, object: 'chat.completion.chunk', created, model })
  const head = shared.slice(0, -1)
  const tail = withUsage ? ',"usage":null}' : '}'
  return {
    choice: (delta, logprobs = 'null', finishReason = 'null') =>
      event(
        `${head},"choices":[{"index":0,"delta":${delta},"logprobs":${logprobs},` +
          `"finish_reason":${finishReason}}]${tail}`,
      ),
    usage: (usage) => event(`${head},"choices":[],"usage":${JSON.stringify(encodeUsage(usage))}}`),
  }
}

function encodePart(chunk: ChunkWriter, part: Exclude<StreamPart, { kind: 'usage' }>): string {
  switch (part.kind) {
    case 'start':
    // A chat client has no place for another format's proofs and hosted tools.
    case 'reasoning-seal':
    case 'opaque':
      return ''
    case 'text-delta':
      return chunk.choice(`{"content":${JSON.stringify(part.text)}}`)
    case 'reasoning-delta':
      return chunk.choice(`{"reasoning_content":${JSON.stringify(part.text)}}`)
    case 'refusal-delta':
      return chunk.choice(`{"refusal":${JSON.stringify(part.text)}}`)
    case 'tool-call-start': {
      const { index, id, name } = part
      return chunk.choice(toolCall({ index, id, type: 'function', function: { name, arguments: '' } }))
    }
    case 'tool-call-delta':
      return chunk.choice(toolCall({ index: part.index, function: { arguments: part.argumentsText } }))
    case 'logprobs':
      return chunk.choice('{"content":""}', JSON.stringify(encodeLogprobs(part.tokens)))
    case 'finish':
      return chunk.choice('{}', 'null', JSON.stringify(encodeFinish(part.finish)))
    default:
      return unreachable(part)
  }
}

const toolCall = (call: unknown): string => JSON.stringify({ tool_calls: [call] })

/** No `[DONE]` follows: a stream that failed must not look complete. */
export const encodeStreamFailure = (failure: Failure): string =>
  event(JSON.stringify(encodeFailure(failure).body))
