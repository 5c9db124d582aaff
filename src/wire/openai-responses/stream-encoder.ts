import type { Finish, StreamPart, Usage } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { asText } from '../lenient.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import type { StreamEncoder, WireFormat } from '../wire-format.ts'
import { freeformNames } from './encode-answer.ts'
import { encodeFinish } from './finish.ts'
import { ItemWriter } from './item-writer.ts'
import { noSpeech } from './output.ts'
import { endedResponse, failedResponse, newResponse } from './response-object.ts'
import { eventText, field } from './stream-events.ts'
import { type ResponsesStreamState, startState } from './stream-state.ts'

/** The last event holds the whole response, so all of it is kept until then. */
export const encodeStream: WireFormat['encodeStream'] = (envelope, options) =>
  encoderFor(
    { ...startState, response: newResponse(envelope) },
    {
      begun: false,
      usage: options.usage,
      freeform: freeformNames(envelope.request),
    },
  )

export const resumeStream: WireFormat<ResponsesStreamState>['resumeStream'] = (state, options) =>
  encoderFor(
    state.response === null
      ? { ...state, response: newResponse({ id: '', created: 0, model: '' }) }
      : { ...state, ended: false },
    { begun: state.response !== null, usage: options.usage, freeform: freeformIn(state) },
  )

/** The tools stand in the response that the stream began with. */
function freeformIn({ response }: ResponsesStreamState): ReadonlySet<string> {
  const tools = Array.isArray(response?.tools) ? response.tools : []
  return new Set(tools.filter((tool) => tool?.type === 'custom').map((tool) => asText(tool.name)))
}

type Options = {
  readonly begun: boolean
  readonly usage: boolean
  readonly freeform: ReadonlySet<string>
}

function encoderFor(from: ResponsesStreamState, options: Options): StreamEncoder {
  const response = from.response ?? {}
  let { sequence } = from
  const write = (type: string, fields: string): string => eventText(type, sequence++, fields)
  const answerId = asText(response.id).replace(/^resp_/, '')
  const items = new ItemWriter(from, answerId, options.freeform, write)
  let { begun } = options
  let usage: Usage | null = null
  let finish: Finish | null = null

  const opening = (): string => {
    if (begun) return ''
    begun = true
    const fields = field('response', response)
    return write('response.created', fields) + write('response.in_progress', fields)
  }

  const part = (next: StreamPart): string => {
    if (next.kind === 'usage') {
      usage = next.usage
      return ''
    }
    const before = opening()
    if (next.kind !== 'finish') return before + encodePart(items, next)
    finish = next.finish
    return before + items.closeAll(encodeFinish(next.finish).status)
  }

  /** Some clients look for the error event, and others for a response that failed. */
  const fail = (why: Failure): string =>
    opening() +
    write('error', errorFields(why)) +
    write('response.failed', field('response', failedResponse(response, items.output(), why)))

  const end = (): string => {
    if (!begun) return ''
    if (finish === null) return fail(failure('truncated', brokenOff))
    const ending = encodeFinish(finish)
    const ended = endedResponse(response, items.output(), ending, options.usage ? usage : null)
    return write(`response.${ending.status}`, field('response', ended))
  }
  return { part, end, fail }
}

const brokenOff = 'The answer broke off before its end. Send the request again.'

function encodePart(items: ItemWriter, part: Exclude<StreamPart, { kind: 'usage' | 'finish' }>): string {
  switch (part.kind) {
    case 'start':
      return ''
    case 'text-delta':
      return items.speak({ ...noSpeech('text'), text: part.text })
    case 'refusal-delta':
      return items.speak({ ...noSpeech('refusal'), text: part.text })
    case 'logprobs':
      return items.speak({ ...noSpeech('text'), logprobs: part.tokens })
    case 'reasoning-delta':
      return items.think(part.text)
    case 'reasoning-seal':
      return items.seal(part.sealed)
    case 'opaque':
      // Another format's hosted tools have no place here.
      return part.format === 'openai-responses' ? items.add(part.value) : ''
    case 'tool-call-start':
      return items.call(part.id, part.name, part.freeform)
    case 'tool-call-delta':
      return items.argue(part.index, part.argumentsText)
    default:
      return unreachable(part)
  }
}

/** The fields stand where the reference has them and in `error`, where OpenAI sends them and its clients look. */
function errorFields(why: Failure): string {
  const { error } = encodeFailure(why).body
  const { code, message, param } = error
  return field('code', code) + field('message', message) + field('param', param) + field('error', error)
}

/** For a stream of which nothing is known: its number is the first. A stream that failed has no `response.completed`. */
export const encodeStreamFailure = (why: Failure): string => eventText('error', 0, errorFields(why))
