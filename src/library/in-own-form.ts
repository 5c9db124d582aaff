import type { ClientRequest } from '../wire/wire-format.ts'
import type { Received } from './door.ts'
import type { Fairlead } from './fairlead.ts'
import type { CallOptions } from './options.ts'

/** For what is built over a Fairlead: requests and answers in its own form, which is wider than any wire format. */
export const inOwnForm: unique symbol = Symbol.for('fairlead.inOwnForm') as never

export type WithOwnForm = Fairlead & {
  /** `text` holds what the gateway looks for in a client's own words: seals of reasoning. */
  readonly [inOwnForm]: (asked: ClientRequest, text: string, options: CallOptions) => Promise<Received>
}
