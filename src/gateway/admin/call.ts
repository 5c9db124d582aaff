/** What administrators may ask for, each as a function over the gateway's parts: whoever serves them needs to know no more. */

import type { z } from 'zod'
import type { Clock } from '../../domain/transport.ts'
import type { KeyBook } from '../../governance/key-book.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Store } from '../../storage/store.ts'
import type { Alarms } from '../../telemetry/alarms/index.ts'
import type { Events } from '../../telemetry/events.ts'
import type { ResolvedConfig } from '../../config/resolved.ts'
import type { Experiments } from '../experiments.ts'
import type { Experience } from '../experience.ts'
import type { Learning } from '../learning/learning.ts'
import type { Succession } from '../generation.ts'
import type { ObjectiveOverrides } from '../objective-overrides.ts'

export type AdminParts = {
  readonly store: Store
  readonly keys: KeyBook
  readonly experiments: Experiments
  readonly objectives: ObjectiveOverrides
  readonly learning: Learning
  readonly state: SharedState
  readonly events: Events
  readonly alarms: Pick<Alarms, 'current'>
  readonly experience: Experience
  readonly succession: Succession
  readonly clock: Clock
  /** The configuration that serves now. */
  readonly config: () => ResolvedConfig
}

export type AdminRequest = {
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, string | undefined>>
  /** Parsed JSON; `undefined`: there was none. */
  readonly body: unknown
}

export type AdminAnswer =
  | { readonly kind: 'value'; readonly value: unknown; readonly subject?: string }
  /** Written as it is read, however long it is. */
  | {
      readonly kind: 'lines'
      readonly type: 'application/x-ndjson' | 'text/csv'
      readonly lines: AsyncIterable<string>
    }
  /** Server-sent events, until the client leaves. */
  | {
      readonly kind: 'events'
      readonly open: () => { readonly events: AsyncIterable<SentEvent>; readonly close: () => void }
    }

export type SentEvent = { readonly id: string; readonly event: string; readonly data: unknown }

export type AdminCall = {
  /** Those that are no GET change something: a token that may only read may not use them. */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/admin`; parameters as `:name`. */
  readonly path: string
  readonly run: (request: AdminRequest) => Promise<AdminAnswer>
}

/** What was asked can't be done; the message says what to do instead. */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly status: 400 | 404 | 409
  readonly code: string

  constructor(status: AdminError['status'], code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const value = (found: unknown, subject?: string): AdminAnswer => ({
  kind: 'value',
  value: found,
  ...(subject !== undefined && { subject }),
})

/** A body in the shape that is wanted. @throws AdminError that names every fault */
export function bodyAs<Shape extends z.ZodType>(schema: Shape, body: unknown): z.output<Shape> {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`)
  throw new AdminError(400, 'invalid_request', faults.join('; '))
}

export const notFound = (what: string, name: string): AdminError =>
  new AdminError(404, 'not_found', `There is no ${what} ${JSON.stringify(name.slice(0, 100))}.`)

/** A parameter of the path: routes have each that they name. */
export const param = ({ params }: AdminRequest, name: string): string => params[name] ?? ''

/** @throws AdminError */
export function wholeNumber(text: string | undefined, name: string, otherwise: number, most: number): number {
  if (text === undefined || text === '') return otherwise
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return Math.min(number, most)
  throw new AdminError(400, 'invalid_request', `${name} must be a whole number.`)
}

/** What a part says can't be done. */
type Refusal = Error & { readonly code: keyof typeof statuses }

const statuses = { not_found: 404, conflict: 409, invalid_request: 400 } as const

/** What the part behind these calls says can't be done is what the administrator is told. */
export const explained = (
  calls: readonly AdminCall[],
  isRefusal: (error: unknown) => error is Refusal,
): readonly AdminCall[] =>
  calls.map((call) => ({
    ...call,
    run: async (request) => {
      try {
        return await call.run(request)
      } catch (error) {
        if (!isRefusal(error)) throw error
        throw new AdminError(statuses[error.code], error.code, error.message)
      }
    },
  }))
