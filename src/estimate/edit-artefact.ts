import { decodeArtefact, encodeArtefact } from './artefact-file.ts'
import type { RouterArtefact, TrainedModel } from './router-artefact.ts'
import type { OnboardingRecord } from './training-report.ts'

type Header = Pick<RouterArtefact, 'about' | 'models'>

/**
 * The bytes of a router artefact with one model added, or replaced where it is known. Every other array is copied as it is:
 * encoder, shared row and the other heads stay identical, bit for bit.
 *
 * @param difference the model's row of `heads.models`
 */
export function withTrainedModel(
  bytes: Uint8Array,
  name: string,
  { trained, difference, record }: TaughtModel,
): Uint8Array {
  const { header, arrays } = decodeArtefact(bytes, name)
  const { about, models } = header as unknown as Header
  const known = models.findIndex(({ id }) => id === trained.id)
  const row = known === -1 ? models.length : known
  const columns = difference.length
  const before = arrays.models as Float32Array
  const heads = new Float32Array(Math.max(before.length, (row + 1) * columns))
  heads.set(before)
  heads.set(difference, row * columns)
  return encodeArtefact(
    {
      ...header,
      about: { ...about, onboarded: [...(about.onboarded ?? []), record] },
      models: known === -1 ? [...models, trained] : models.with(known, trained),
    },
    { ...arrays, models: heads },
  )
}

export type TaughtModel = {
  readonly trained: TrainedModel
  readonly difference: Float32Array
  readonly record: OnboardingRecord
}
