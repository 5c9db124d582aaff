/** What the page shows, whatever it was made of: predictions on decisions, or true outcomes of a set. Pure. */

import type { ControlPoint, FrontierPoint, PlanePoint } from '../../../../src/domain/plane.ts'

import { unreachable } from '../../../../src/domain/unreachable.ts'
import type { PolicyPoint } from '../../../../src/gateway/admin/frontier.ts'
import type { FrontierReport, PolicyObjective, SetReport } from '../../api/types.ts'
import { count } from '../../ui/format.ts'

export type Basis =
  | {
      readonly kind: 'decisions'
      readonly decisions: number
      readonly since: string | null
      readonly until: string | null
    }
  | {
      readonly kind: 'set'
      readonly report: Pick<
        SetReport,
        'name' | 'rows' | 'datasets' | 'setModels' | 'poolSize' | 'bestModel' | 'costs' | 'seen' | 'notes'
      >
    }

export type Shown = {
  readonly basis: Basis
  readonly policy: string
  readonly objective: PolicyObjective
  readonly models: readonly PlanePoint[]
  readonly policies: readonly PolicyPoint[]
  readonly controls: readonly ControlPoint[]
  readonly oracle: PlanePoint | null
  /** Of one model, the highest mean quality; above 0. */
  readonly bestSingle: number
  /** A point at least. */
  readonly frontier: readonly FrontierPoint[]
}

/** `null`: nothing was decided whose cost is known. */
export function ofDecisions(report: FrontierReport): Shown | null {
  const { bestSingle, frontier, decisions, since, until } = report
  if (frontier.length === 0 || bestSingle === null || bestSingle <= 0) return null
  return { ...report, bestSingle, basis: { kind: 'decisions', decisions, since, until } }
}

/** `null`: no model answered anything well. */
export const ofSet = (report: SetReport): Shown | null =>
  report.bestSingle > 0 ? { ...report, policies: [], basis: { kind: 'set', report } } : null

export type Words = {
  /** Of a figure of quality. */
  readonly how: 'predicted' | 'measured'
  /** What the rates are set against. */
  readonly against: string
  readonly elsewhere: string
  readonly oracle: string
  /** What figures rest on, for whoever is about to apply them. */
  readonly restsOn: string
}

export function wordsOf(basis: Basis): Words {
  switch (basis.kind) {
    case 'decisions':
      return {
        how: 'predicted',
        against: 'Against what was decided',
        elsewhere: 'Requests that would go elsewhere',
        oracle: 'oracle of the predictions',
        restsOn: `By predictions on the last ${count(basis.decisions)} decisions`,
      }
    case 'set': {
      const { name, rows, bestModel } = basis.report
      return {
        how: 'measured',
        against: `Against ${bestModel} for everything`,
        elsewhere: `Prompts that would go to others than ${bestModel}`,
        oracle: 'oracle of the outcomes',
        restsOn: `Measured on ${count(rows.used)} prompts of the outcome set ${name}`,
      }
    }
    default:
      return unreachable(basis)
  }
}

export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
