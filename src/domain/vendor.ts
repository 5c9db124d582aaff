import type { CallLimits } from './attempt.ts'
import type { Model } from './model.ts'
import type { Secret } from './secret.ts'

export const wireFormatNames = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const
export type WireFormatName = (typeof wireFormatNames)[number]

/** A record of 15-40 lines: how to reach a vendor and what is peculiar about it. */
export type Vendor = {
  /** The first half of its models' ids. */
  readonly name: string
  readonly title: string
  readonly format: WireFormatName
  /** Everything before the wire format's own path, as in `https://api.openai.com/v1`. */
  readonly baseUrl: string
  readonly auth: VendorAuth
  /** Sent with every call: names in lower case, values that are no secrets. */
  readonly headers?: Readonly<Record<string, string>>
  /** Environment variables that may hold its key, the first one found wins. */
  readonly keyVariables: readonly string[]
  /** Runs on the user's own hardware: a call costs nothing per token. */
  readonly local: boolean
  /** Its usual port belongs to it: asking there at start which models it has disturbs nobody else. */
  readonly ownPort: boolean
  readonly quirks: VendorQuirks
  /** What becomes of what it is sent, as its user states; absent: nobody has said. */
  readonly dataCollection?: DataCollection
  /** Where it computes, as its user states: `eu`, `us`. */
  readonly region?: string
  /** Reached through a library in this process, and not by HTTP requests of Fairlead's own. */
  readonly library?: VendorLibrary
}

/** `none`: nothing is kept. `kept`: for a while, and nobody trains on it. `training`: models may be trained on it. */
export const dataCollections = ['none', 'kept', 'training'] as const
export type DataCollection = (typeof dataCollections)[number]

/** A provider package of the Vercel AI SDK. */
export type VendorLibrary = {
  /** Of a package, or the path of a file. */
  readonly package: string
  /** Its function that makes a provider; `null`: the only one whose name begins with `create`. */
  readonly export: string | null
  /** The provider's method that makes a model; `null`: the one that all have. */
  readonly method: string | null
  /** What the function is given beside key, base URL and headers. A function, since some of it may be secret. */
  readonly settings: () => Readonly<Record<string, unknown>>
  /** Options for every call, under the name that the package gives them. */
  readonly callOptions: () => Readonly<Record<string, unknown>>
  /** Those texts of the settings that are. */
  readonly secrets: readonly Secret[]
}

export type VendorAuth =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' }

export type VendorQuirks = {
  /** Chooses among vendors itself, and takes OpenRouter's `provider` as a rule for that. Others refuse a request that has it. */
  readonly providerField?: true
  /** Accepts `stream_options: {include_usage: true}`. Without it, usage of a stream is reported unasked or not at all. */
  readonly streamUsageOption: boolean
  /** The field that limits the answer's length. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /**
   * How the vendor lets the beginning of an answer be given (prefill): not at all where it is left out; by a last message of
   * the assistant; by one that says `prefix: true`; by one and vLLM's `continue_final_message`.
   */
  readonly prefill?: 'last-message' | 'prefix-field' | 'continue-final-message'
}

/** How one of a model's targets is chosen. */
export const targetChoiceNames = [
  'power-of-two',
  'weighted',
  'round-robin',
  'least-busy',
  'cheapest',
  'headroom',
] as const
export type TargetChoiceName = (typeof targetChoiceNames)[number]

/** A model at one endpoint with one credential and one effort. */
export type Target = {
  readonly id: string
  /** With the name, and the prices, that it has at this endpoint. */
  readonly model: Model
  readonly vendor: Vendor
  readonly baseUrl: string
  readonly credential: Secret | null
  /** Sent with every call, beside the credential. */
  readonly headers: Readonly<Record<string, Secret>>
  /** Sent in place of the request's own reasoning effort; `null`: the request's stays. */
  readonly effort: string | null
  /** Its share of the model's traffic, relative to its siblings', where they are chosen by weight. */
  readonly weight: number
  readonly limits: Partial<CallLimits>
  /** Calls at one time; more wait in a queue. `null`: as many as any target may have. */
  readonly maxConcurrent: number | null
}
