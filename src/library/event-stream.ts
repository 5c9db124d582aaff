import { isObject, parsedJson } from '../wire/lenient.ts'
import { readSse, startSse } from '../wire/sse.ts'
import type { DecisionFacts } from './decision-facts.ts'
import type { ReceivedStream } from './door.ts'

/**
 * The events of a streamed answer, each as its wire format has it. Read it once, to its end; `break` cancels the call. Where
 * the stream breaks off reading throws a `FairleadError`: it never just ends.
 */
export class EventStream<Event> implements AsyncIterable<Event> {
  readonly #received: ReceivedStream
  #begun = false

  constructor(received: ReceivedStream) {
    this.#received = received
  }

  /** `costUsd` is null until the stream has ended. */
  get decision(): DecisionFacts {
    return this.#received.decision()
  }

  [Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    if (this.#begun) throw new TypeError('This stream is being read already. Send the request again.')
    this.#begun = true
    return this.#events()
  }

  async *#events(): AsyncGenerator<Event, void, undefined> {
    const { frames, signal } = this.#received
    for await (const frame of frames())
      for (const event of eventsIn(frame)) {
        signal?.throwIfAborted()
        yield event as Event
      }
  }
}

/** Frames are whole events. What says that the stream failed is thrown at its end, and is not given out. */
function* eventsIn(frame: Uint8Array): Generator<unknown> {
  for (const { event } of readSse(startSse(), frame).frames) {
    const value = event === null ? undefined : parsedJson(event.data)
    if (isObject(value) && !saysFailed(value)) yield value
  }
}

/** OpenAI's chat has an `error`, the others a type. */
const saysFailed = ({ type, error, object }: Readonly<Record<string, unknown>>): boolean =>
  type === 'error' ||
  type === 'response.failed' ||
  (object === undefined && type === undefined && Boolean(error))
