/** Corrects predictions of quality by what the record says of them, on a schedule: fitted on earlier answers, judged on later ones. */

import type { Clock } from '../../../domain/transport.ts'
import { placeOf } from '../../../experiments/assign.ts'
import type { SharedState } from '../../../storage/state/shared-state.ts'
import type { Store } from '../../../storage/store.ts'
import type { Correction } from './correction.ts'
import { canaryEnded, fitted } from './decide.ts'
import { readGraded } from './graded.ts'
import type { CalibrationRules } from './rules.ts'
import {
  calibrationChannel,
  calibrationId,
  calibrationKind,
  type CalibrationState,
  knownCorrections,
  putCalibration,
  readCalibration,
  rollBackCalibration,
} from './state.ts'

export type CalibrationStore = Pick<
  Store,
  'decisions' | 'feedbackOn' | 'document' | 'documentHistory' | 'putDocument'
>

export type Calibration = {
  /** Whether the configuration that serves wants it: otherwise predictions stay as they are. */
  readonly isOn: () => boolean
  /** What corrects predictions of this artefact for this session; `null`: nothing. Cheap. */
  readonly correction: (artefact: string, unit: string) => Correction | null
  /** Predictions of this artefact are the ones that feedback is compared with. */
  readonly over: (artefact: string) => Promise<void>
  /** Takes up what stands in the store. */
  readonly refresh: () => Promise<void>
  /** Fits, or decides on the canary, if there is enough to go by. */
  readonly tick: () => Promise<void>
  /** @throws CalibrationError */
  readonly rollBack: (version: number | null) => Promise<{ version: number; live: number | null }>
}

export type CalibrationParts = {
  readonly store: CalibrationStore
  readonly state: Pick<SharedState, 'publish'>
  readonly clock: Pick<Clock, 'wall'>
  /** Those of the configuration that serves; `null`: it wants no correction. */
  readonly rules: () => CalibrationRules | null
}

const begun = (artefact: string, since: string): CalibrationState => ({
  artefact,
  since,
  why: 'begun',
  because: 'answers from now on are what predictions of this artefact are compared with',
  restoredFrom: null,
  live: null,
  canary: null,
  seen: null,
  judgement: null,
})

export function createCalibration({ store, state, clock, rules }: CalibrationParts): Calibration {
  /** Of the newest document, whether or not it can be read. */
  let version = 0
  let known: CalibrationState | null = null
  let artefact: string | null = null
  const refresh = async (): Promise<void> => {
    const document = await store.document(calibrationKind, calibrationId)
    if (document === null || document.version === version) return
    version = document.version
    known = readCalibration(document.text)
  }
  /** Of another artefact nothing that was fitted holds. */
  const standing = (): CalibrationState | null => (known?.artefact === artefact ? known : null)
  const put = async (next: CalibrationState): Promise<void> => {
    const made = await putCalibration(store, next, version, clock.wall())
    if (made !== null) {
      version = made
      known = next
    }
    state.publish(calibrationChannel, '')
  }
  const begin = async (used: string): Promise<void> => {
    if (standing() === null) await put(begun(used, clock.wall().toISOString()))
  }
  const lookAtCanary = async (
    before: CalibrationState,
    since: string,
    { canary, minGraded }: CalibrationRules,
  ): Promise<void> => {
    const graded = await readGraded(store, await knownCorrections(store), since)
    // Rules that have no canary any more leave one that runs to be decided on.
    const ended = canaryEnded(graded, before, canary ?? { share: 0, minGraded, maxLoss: 0.05 })
    if (ended !== null) await put(ended)
  }
  return {
    correction: (of, unit) => {
      if (known === null || known.artefact !== of || rules() === null) return null
      const { live, canary } = known
      return canary !== null && placeOf(`calibration ${canary.version}`, unit) < canary.share ? canary : live
    },
    isOn: () => rules() !== null,
    over: async (used) => {
      artefact = used
      await refresh()
      if (rules() !== null) await begin(used)
    },
    refresh,
    tick: async () => {
      await refresh()
      const wanted = rules()
      if (wanted === null || artefact === null) return
      await begin(artefact)
      const before = standing()
      if (before === null) return
      if (before.canary) {
        await lookAtCanary(before, before.canary.since, wanted)
        return
      }
      const graded = await readGraded(store, await knownCorrections(store), before.since)
      const next = await fitted(graded, before, version + 1, wanted, clock.wall().toISOString())
      if (next !== null) await put(next)
    },
    rollBack: async (to) => {
      const done = await rollBackCalibration(store, to, clock.wall())
      await refresh()
      state.publish(calibrationChannel, '')
      return done
    },
  }
}
