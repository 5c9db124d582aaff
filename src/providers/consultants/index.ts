import type { Consultants } from '../../domain/consultant.ts'
import { failure } from '../../domain/failure.ts'
import type { Secret } from '../../domain/secret.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { type Consultant, consultantWithin } from './consultant.ts'
import { askFunction, type ConsultantFunction } from './function-consultant.ts'
import { httpConsultant } from './http-consultant.ts'

/** A consultant of the configuration. */
export type ConsultantSettings = {
  readonly name: string
  /** For one question, the wait for a free place included. */
  readonly timeoutMs: number
  readonly maxConcurrent: number
} & (
  | {
      readonly kind: 'http'
      /** A query may hold a key. */
      readonly url: Secret
      readonly headers: Readonly<Record<string, Secret>>
    }
  | { readonly kind: 'function'; readonly ask: ConsultantFunction }
)

export type OpenedConsultants = Consultants & { readonly close: () => Promise<void> }

/** All consultants of a configuration. One that is not there is silent: config refuses policies that name such. */
export function openConsultants(settings: readonly ConsultantSettings[]): OpenedConsultants {
  const consultants = new Map(settings.map((one) => [one.name, opened(one)]))
  return {
    ask: async (question, signal) =>
      consultants.get(question.consultant)?.ask(question, signal) ?? {
        kind: 'silent',
        consultant: question.consultant,
        failure: failure(
          'unavailable',
          `There is no consultant ${question.consultant}. Add it under consultants.`,
        ),
      },
    close: async () => {
      await Promise.all([...consultants.values()].map(({ close }) => close()))
    },
  }
}

function opened(settings: ConsultantSettings): Consultant {
  switch (settings.kind) {
    case 'http': {
      const { ask, close } = httpConsultant(settings)
      return consultantWithin(settings, ask, close)
    }
    case 'function':
      return consultantWithin(settings, askFunction(settings.ask), async () => {})
    default:
      return unreachable(settings)
  }
}
