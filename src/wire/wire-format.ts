import type { Answer, StreamPart } from '../domain/answer.ts'
import type { Failure } from '../domain/failure.ts'
import type { Request } from '../domain/request.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { VendorQuirks, WireFormatName } from '../domain/vendor.ts'

export type Decoded<T> =
  | { readonly kind: 'decoded'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What a client asked for. `model` is a policy, a model id or a model name, as the client wrote it. */
export type ClientRequest = {
  readonly model: string
  readonly request: Request
  readonly options: RoutingOptions
  /** The client wants usage at the end of its stream. */
  readonly usageWanted: boolean
}

/** The vendor's side of a request. */
export type VendorSide = {
  readonly model: string
  readonly quirks: VendorQuirks
  /** Sealed reasoning in the request is another vendor's: it is taken out. */
  readonly foreignSeals?: boolean
  /** The most that the model can write, where the catalogue knows it. */
  readonly maxOutputTokens?: number
}

/** What a format has no place for, in words that name the client's field. */
export type Loss = {
  readonly what: string
  /** The answer may be another than was asked for: an image left out, not a hint for a cache. */
  readonly changesMeaning: boolean
}

/** The fields around an answer that a format wants and Fairlead makes: `id` without prefix, `created` in Unix seconds. */
export type Envelope = {
  readonly id: string
  readonly created: number
  readonly model: string
  /** What is answered, for formats whose answers repeat it. */
  readonly request?: Request
  /** The stored answer that the request went on from. */
  readonly previousResponseId?: string
}

/** One server-sent event: its `event:` name ('' where none) and its `data:` lines joined by newlines. */
export type ServerEvent = { readonly name: string; readonly data: string }

/** How a target is asked to go on with an answer that another one began. */
export type Continuation = {
  /** The answer as far as the client has it. Never blank. */
  readonly text: string
  /**
   * `prefill`: the answer is put in the model's mouth, for vendors that take that. `instruction`: the model is told so by
   * the user's next message.
   */
  readonly ask: { readonly kind: 'prefill' } | { readonly kind: 'instruction'; readonly words: string }
  /** Tokens of the answer's limit that `text` has used up, by estimate. */
  readonly spentTokens: number
}

/** One part as the text of zero or more server-sent events, framing included. `end` closes the stream (`[DONE]`). */
export type StreamEncoder = {
  readonly part: (part: StreamPart) => string
  readonly end: () => string
  /** In place of `end`, for formats whose failed streams end in the stream's own name. Else `encodeStreamFailure`. */
  readonly fail?: (failure: Failure) => string
}

/** A stream decoder is a reducer; no I/O. `finished` turns true with the format's own end marker. */
export type StreamDecoder<State> = {
  readonly start: State
  readonly read: (state: State, event: ServerEvent) => StreamRead<State>
}

export type StreamRead<State> = {
  readonly state: State
  readonly parts: readonly StreamPart[]
  /** The event says that the stream failed. */
  readonly failure: Failure | null
  /** The event holds usage and nothing else: dropped before a client who did not ask for it. */
  readonly usageOnly: boolean
  /** The event is none of the format: a client's parser would choke on it, so it is not handed on. */
  readonly malformed?: boolean
  /** The event is the format's own end marker, however its vendor spells it. */
  readonly ended?: boolean
}

/** The half of a wire format that a client sees. */
export type ClientFormat = Pick<
  WireFormat,
  | 'decodeRequest'
  | 'encodeAnswer'
  | 'encodeStream'
  | 'encodeFailure'
  | 'encodeStreamFailure'
  | 'clientHeaders'
> & { readonly name: string }

/** Both directions of one wire format. `decode*` is lenient with vendors and exact with clients. */
export type WireFormat<State = unknown> = {
  readonly name: WireFormatName
  /** Appended to a vendor's base URL. */
  readonly path: string
  /** A client's headers, in lower case, that mean something to vendors of this format: they go with its request. */
  readonly clientHeaders?: readonly string[]
  /** From a client. Names the field at fault and the remedy. */
  readonly decodeRequest: (body: unknown) => Decoded<ClientRequest>
  /** To a vendor, from another format or a rewritten request. */
  readonly encodeRequest: (request: Request, to: VendorSide) => string
  /** What `encodeRequest` leaves out or changes of a request that came in another format. Empty: nothing. */
  readonly losses: (request: Request) => readonly Loss[]
  /**
   * To a vendor of the same format: the client's own bytes, with the model replaced, Fairlead's own fields taken out and
   * usage asked for. Everything else stays as it was, byte for byte.
   */
  readonly editRequest: (text: string, to: VendorSide) => string
  /** To a vendor of this format: a request that is ready to be sent, changed so that its answer goes on from another. */
  readonly continueRequest: (text: string, to: VendorSide, continuation: Continuation) => string
  readonly decodeAnswer: (body: unknown) => Decoded<Answer>
  readonly encodeAnswer: (answer: Answer, envelope: Envelope) => unknown
  readonly streamDecoder: StreamDecoder<State>
  readonly encodeStream: (envelope: Envelope, options: { readonly usage: boolean }) => StreamEncoder
  /**
   * Goes on in the name of a stream of this format that broke off, so that ids, names and numbers stay as the client knows
   * them. `state` is the decoder's, after the last event that the client has.
   */
  readonly resumeStream: (state: State, options: { readonly usage: boolean }) => StreamEncoder
  /** A vendor's error reply. Structured code first, then pattern. */
  readonly decodeFailure: (reply: {
    status: number
    headers: Readonly<Record<string, string>>
    body: string
  }) => Failure
  readonly encodeFailure: (failure: Failure) => { readonly status: number; readonly body: unknown }
  /** An error inside a stream that has begun, framing included; never looks like a complete end. */
  readonly encodeStreamFailure: (failure: Failure) => string
}
