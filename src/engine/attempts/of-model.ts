import type { Failure } from '../../domain/failure.ts'
import type { Target } from '../../domain/vendor.ts'

/** A wire format speaks of "the vendor"; the person who reads it has several, and must know which. */
export const ofModel = ({ model }: Target, reason: Failure): Failure => ({
  ...reason,
  message: `${model.id}: ${reason.message}`,
})
