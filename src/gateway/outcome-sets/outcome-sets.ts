/**
 * The outcome sets that the configuration names, measured as they are asked for. One measurement runs at a time; whoever asks for
 * the same one meanwhile shares it; the last few are kept, for the files, the router and the pool that they were made with.
 */

import { LRUCache } from 'lru-cache'
import type { Catalog } from '../../catalog/catalog.ts'
import type { OutcomeSet } from '../../config/resolve-outcome-sets.ts'
import type { MeasuredFrontier, MeasureProgress, MeasureRequest } from '../../domain/measured-frontier.ts'
import type { Model } from '../../domain/model.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Measure, Measured } from './measuring-thread.ts'
import { signatureOf } from './signature.ts'

/** What of the serving configuration a measurement hangs on. */
export type MeasuringConfig = {
  readonly outcomeSets: readonly OutcomeSet[]
  readonly catalog: Pick<Catalog, 'list' | 'identify'>
  readonly models: readonly Model[]
}

export type SetState =
  | { readonly kind: 'measured'; readonly frontier: MeasuredFrontier }
  /** `waiting`: another measurement has to end first. */
  | { readonly kind: 'measuring'; readonly progress: MeasureProgress | { readonly stage: 'waiting' } }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }
  /** Too many wait already. */
  | { readonly kind: 'busy' }

export type OutcomeSets = {
  /** Starts the measurement where it is not there yet; what went wrong is told once, and tried anew when asked again. */
  readonly ask: (
    set: OutcomeSet,
    policy: Policy,
    config: MeasuringConfig,
    artefact: string,
  ) => Promise<SetState>
}

/** A measurement under way, or one that has failed and has not been told of. */
type Job = {
  progress: MeasureProgress | { readonly stage: 'waiting' }
  failed: Extract<Measured, { readonly kind: 'impossible' }> | null
}

const mostKept = 4
const mostWaiting = 8
const mostRows = 10_000
const resamples = 400
const begun: MeasureProgress = { stage: 'reading', done: 0, total: null }

export function createOutcomeSets(measure: Measure): OutcomeSets {
  const kept = new LRUCache<string, MeasuredFrontier>({ max: mostKept })
  const jobs = new Map<string, Job>()
  const generationOf = numbered()
  let last: Promise<unknown> = Promise.resolve()
  const start = (key: string, request: () => MeasureRequest): Job => {
    const first = [...jobs.values()].every(({ failed }) => failed !== null)
    const job: Job = { progress: first ? begun : { stage: 'waiting' }, failed: null }
    jobs.set(key, job)
    last = last.then(async () => {
      job.progress = begun
      const result = await begin(measure, request, (progress) => {
        job.progress = progress
      })
      if (result.kind === 'impossible') {
        job.failed = result
        return
      }
      kept.set(key, result.frontier)
      jobs.delete(key)
    })
    return job
  }
  return {
    ask: async (set, policy, config, artefact) => {
      const signatures = [await signatureOf(set.path), await signatureOf(artefact)]
      // Policies of one pool differ in what they go by, and share what was measured.
      const key = JSON.stringify([set.name, policy.pool, generationOf(config), artefact, signatures])
      const frontier = kept.get(key)
      if (frontier !== undefined) return { kind: 'measured', frontier }
      const known = jobs.get(key)
      if (known === undefined && jobs.size >= mostWaiting && !forgetFailed(jobs)) return { kind: 'busy' }
      const job = known ?? start(key, () => requestOf(set, policy, config, artefact))
      if (job.failed === null) return { kind: 'measuring', progress: job.progress }
      jobs.delete(key)
      return job.failed
    },
  }
}

/** A number for each configuration: pools, prices and names may differ between two of them. */
function numbered(): (config: object) => number {
  const numbers = new WeakMap<object, number>()
  let last = 0
  return (config) => {
    const known = numbers.get(config) ?? ++last
    numbers.set(config, known)
    return known
  }
}

/** Makes room; false: all that are known are under way. */
function forgetFailed(jobs: Map<string, Job>): boolean {
  for (const [key, { failed }] of jobs) if (failed !== null) return jobs.delete(key)
  return false
}

async function begin(
  measure: Measure,
  request: () => MeasureRequest,
  tell: (progress: MeasureProgress) => void,
): Promise<Measured> {
  try {
    return await measure(request(), tell)
  } catch (error) {
    const problem = `The measurement could not be started: ${error instanceof Error ? error.message : String(error)}`
    return { kind: 'impossible', problem, remedy: 'Ask for it again.' }
  }
}

function requestOf(
  set: OutcomeSet,
  policy: Policy,
  { catalog, models }: MeasuringConfig,
  artefact: string,
): MeasureRequest {
  const ids: ReadonlySet<string> | null = policy.pool === 'all' ? null : new Set(policy.pool)
  return {
    path: set.path,
    artefact,
    pool: models.filter(({ id }) => ids === null || ids.has(id)),
    known: namesOf(catalog),
    mostRows,
    resamples,
    seed: `outcome set ${set.name}`,
  }
}

/** What the catalogue takes each name for: a thread gets values, and no catalogue. */
function namesOf({ list, identify }: MeasuringConfig['catalog']): ReadonlyMap<string, Model> {
  const names = list().flatMap(({ model, aliases }) => [model.id, model.vendorName, ...aliases])
  const folded = new Set(names.map((name) => name.trim().toLowerCase()))
  return new Map(
    [...folded].flatMap((name) => {
      const model = identify(name)
      return model === null ? [] : [[name, model] as const]
    }),
  )
}
