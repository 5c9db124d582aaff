import type { StreamPart } from '../../domain/answer.ts'
import type { Request } from '../../domain/request.ts'
import type { ClientRequest } from '../../wire/wire-format.ts'
import type { Received, ReceivedStream } from '../door.ts'
import type { Fairlead } from '../fairlead.ts'
import { inOwnForm, type WithOwnForm } from '../in-own-form.ts'
import { answerIn, partsIn } from '../../wire/own-format.ts'
import { routingOf } from './call.ts'
import { inProcessError } from './call-error.ts'
import type { Source, SourceCall } from './source.ts'

/** Requests go over as values, so that nothing of them is lost in between: sealed reasoning, cache hints, errors of tools. */
export function inProcess(opened: () => Promise<Fairlead>): Source {
  const ask = async (call: SourceCall): Promise<Received> => {
    const fairlead = (await opened()) as WithOwnForm
    const { request, signal, headers } = call
    if (typeof fairlead[inOwnForm] !== 'function')
      throw new TypeError('`instance` is none that createFairlead made. Pass one, or a `baseURL`.')
    return fairlead[inOwnForm](askedOf(call), sealsOf(request), { signal, headers })
  }
  return {
    answer: async (call) => {
      const received = await asSdk(call, () => ask(call))
      if (received.kind === 'stream') throw new Error('a stream came where none was asked for')
      return {
        answer: answerIn(received.bytes),
        facts: () => received.decision,
        warnings: [],
        requestBody: call.request,
      }
    },
    stream: async (call) => {
      const received = await asSdk(call, () => ask(call))
      if (received.kind === 'buffered') throw new Error('no stream came where one was asked for')
      return {
        parts: readParts(received, call),
        facts: received.decision,
        warnings: [],
        requestBody: call.request,
      }
    },
  }
}

const askedOf = ({ modelId, request, settings }: SourceCall): ClientRequest => ({
  model: modelId,
  request,
  options: routingOf(settings),
  usageWanted: true,
})

/** By these a session knows that only the account that sealed them can read them. */
const sealsOf = ({ messages }: Request): string =>
  messages
    .flatMap(({ role, content }) => (role === 'assistant' ? content : []))
    .flatMap((part) => (part.kind === 'reasoning' && part.sealed ? [part.sealed.data] : []))
    .map((data) => JSON.stringify({ encrypted_content: data }))
    .join('\n')

async function* readParts(received: ReceivedStream, call: SourceCall): AsyncGenerator<StreamPart> {
  try {
    for await (const frame of received.frames()) yield* partsIn(frame)
  } catch (error) {
    throw inProcessError(error, call.request)
  }
}

async function asSdk<T>({ request }: SourceCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inProcessError(error, request)
  }
}
