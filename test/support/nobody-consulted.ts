import type { Consultants } from '../../src/domain/consultant.ts'
import { failure } from '../../src/domain/failure.ts'

/** Nobody is there to be consulted. */
export const nobodyConsulted: Consultants = {
  ask: async ({ consultant }) => ({
    kind: 'silent',
    consultant,
    failure: failure('unavailable', `${consultant} does not answer`),
  }),
}
