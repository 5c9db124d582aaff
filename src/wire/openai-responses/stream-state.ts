/** How far a stream has come. Decoder and encoder share it, so that one can go on where the other left off. */
import type { JsonObject } from '../lenient.ts'
import type { OutputItem, Speech } from './output.ts'

export type StreamItem = {
  /** `output_index` on the wire. */
  readonly place: number
  readonly item: OutputItem
  /** No `output_item.done` yet. */
  readonly open: boolean
  /** A part of it has begun that is not done: a message's text or refusal, a reasoning's summary. */
  readonly partOpen: boolean
}

export type ResponsesStreamState = {
  /** The response object of the first event; `null` before. */
  readonly response: JsonObject | null
  /** The next event's `sequence_number`. */
  readonly sequence: number
  readonly items: readonly StreamItem[]
  /** The finish part went out, or a failure. */
  readonly ended: boolean
}

export const startState: ResponsesStreamState = { response: null, sequence: 0, items: [], ended: false }

export const nextPlace = ({ items }: ResponsesStreamState): number =>
  items.reduce((place, item) => Math.max(place, item.place + 1), 0)

export function itemAt({ items }: ResponsesStreamState, place: number): StreamItem | null {
  const last = items.at(-1)
  return last?.place === place ? last : (items.find((item) => item.place === place) ?? null)
}

/** The item in the place of the one that was there, or after all others. */
export function withItem(state: ResponsesStreamState, next: StreamItem): ResponsesStreamState {
  const at = state.items.findIndex(({ place }) => place === next.place)
  return { ...state, items: at === -1 ? [...state.items, next] : state.items.with(at, next) }
}

/** Which of the calls an item is: clients of other formats number calls alone. */
export const callIndex = (items: readonly StreamItem[], place: number): number =>
  items.filter(({ item }) => item.kind === 'call').findIndex((call) => call.place === place)

/** A delta goes to the last speech of its kind; another kind, or a closed one, begins another. */
export function withSpeech(
  { place, item, partOpen }: StreamItem & { item: { kind: 'message' } },
  delta: Speech,
  begins: boolean,
): StreamItem {
  const last = item.speech.at(-1)
  const speech =
    last === undefined || begins || !partOpen
      ? [...item.speech, delta]
      : item.speech.with(-1, {
          ...last,
          text: last.text + delta.text,
          logprobs: delta.logprobs.length === 0 ? last.logprobs : [...last.logprobs, ...delta.logprobs],
        })
  return { place, item: { ...item, speech }, open: true, partOpen: true }
}
