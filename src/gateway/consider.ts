import { hash } from 'node:crypto'
import type { Candidate, Refusal } from '../domain/candidate.ts'
import type { DecisionId } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { Model, ModelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import { seededDraw } from '../domain/random.ts'
import type { Request } from '../domain/request.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Signals } from '../domain/signals.ts'
import type { SessionFacts, TextEmbedder, Turn } from '../domain/strategy.ts'
import type { Vendor } from '../domain/vendor.ts'
import { type Caller, nobody } from '../domain/virtual-key.ts'
import { type Circumstances, eligible } from '../eligibility/index.ts'
import type { Detours } from '../engine/attempts/call-target.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { candidateEstimator } from '../estimate/candidate.ts'
import type { Router } from '../estimate/router.ts'
import { vectorEncoding } from '../signals/encoder/vector-encoding.ts'
import { type Foreknown, readSignals } from '../signals/index.ts'
import { routedText } from '../signals/routed-text.ts'
import type { FilteredTools, ToolFilter } from '../tools/filter-tools.ts'
import {
  advisersOf,
  budgetOf,
  type CandidatesOf,
  conditionsOn,
  fallbackModels,
  nestedTurns,
  nobodyMay,
  objectiveOf,
} from './lawful.ts'
import type { Entry } from '../governance/governor.ts'
import { newDecisionId } from './decision-id.ts'
import { type FormatsOf, lossesFor } from './conversion-losses.ts'
import type { Experience } from './experience.ts'
import { correctedBy } from './learning/correction/correction.ts'
import { keptFeatures } from './learning/kept-features.ts'
import type { Learning } from './learning/learning.ts'
import { cacheAware, heldBy, heldWithin, sessionFacts } from './hold-session.ts'
import { lawOf, squeezed } from './under-limits.ts'
import type { Familiarity } from '../telemetry/alarms/familiarity.ts'
import type { ObservedLatency } from './observed-latency.ts'
import type { TextReading } from './text-reader.ts'

/** Everything that is known of a request before its strategy is asked. */
export type Considered = {
  readonly id: DecisionId
  readonly policy: Policy
  readonly askedModel: string
  readonly queryHash: string
  readonly turn: Turn
  /** Lawful models to try after those that the strategy names, in order. */
  readonly fallbacks: readonly Candidate[]
  readonly detours: Detours
  /** Lawful models to ask when an answer is of no use. */
  readonly escalations: readonly Candidate[]
  readonly view: SessionView | null
  readonly refused: readonly Refusal[]
  /** What of its tools is sent on; `null`: the policy does not choose among them. */
  readonly filtered: FilteredTools | null
  readonly caller: Caller
  /** 0 to 1, by the built-in encoder. */
  readonly familiarity: number | null
  /** What feedback is to be learnt with when it comes; `null`: it is not. */
  readonly features: readonly number[] | null
  /** The version of the correction that predictions of quality went through; `null`: none. */
  readonly correction: number | null
}

export type Consideration =
  | { readonly kind: 'considered'; readonly considered: Considered }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A trained router, and what objectives come to by its estimates. */
export type Estimates = {
  readonly router: Router
  readonly objective: (policy: Policy, statement: ObjectiveStatement) => Objective
  readonly embedder: TextEmbedder | null
  /** How usual a prompt is among those that the router was trained on; `null`: nothing to compare with. */
  readonly familiarity: Familiarity | null
}

/** What `consider` needs to know of the gateway. */
export type Knowledge = Estimates & {
  readonly poolOf: (policy: Policy) => readonly Model[]
  readonly model: (name: string) => Model | null
  readonly experience: Experience
  readonly isHealthy: (model: ModelId) => boolean
  readonly filterTools: ToolFilter
  readonly formatsOf: FormatsOf
  /** The vendors that serve a model: any of them may be asked. */
  readonly vendorsOf: (model: ModelId) => readonly Vendor[]
  readonly observedLatency: ObservedLatency
  /** What was learnt by serving; `null`: nobody keeps it. */
  readonly learning: Pick<Learning, 'facts' | 'learns' | 'correction'> | null
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wall: () => number
  /** Estimates over the vectors of the configured encoder; those above stand in where it fails. */
  readonly overVectors: Estimates | null
  /** Texts of policies, as the configured encoder read them; `null`: there is none. */
  readonly outsideEmbedder: () => TextEmbedder | null
}

/** Request to turn: signals, candidates with their estimates, those that the law refuses, the objective. */
export function consider(
  knowledge: Knowledge,
  policy: Policy,
  asked: { readonly model: string; readonly request: Request; readonly options: RoutingOptions },
  text: TextReading | null = null,
  view: SessionView | null = null,
  entry: Entry | null = null,
): Consideration {
  const { options } = asked
  const filtered = policy.toolFilter ? knowledge.filterTools(asked.request, policy.toolFilter) : null
  const request = filtered?.request ?? asked.request
  const { experience, now } = knowledge
  const {
    router,
    objective: resolve,
    known,
    vector,
    embedder,
    familiarity,
  } = text ? outside(knowledge, request, text) : inside(knowledge)
  const userAgent = options.headers?.['user-agent']
  const foreknown = userAgent === undefined ? known : { ...known, userAgent }
  const reading = readSignals(request, router.signals, foreknown)
  const pool = knowledge.poolOf(policy)
  const objective = squeezed(objectiveOf(resolve, policy, options), entry)
  const circumstances: Circumstances = {
    request,
    signals: reading.signals,
    needsCost: policy.needs.cost,
    maxCostUsd: objective.maxCostUsd,
    windowOf: experience.windows.of,
    lossOf: lossesFor(policy, request, knowledge.formatsOf),
    conditions: conditionsOn(policy, options),
    vendorsOf: knowledge.vendorsOf,
    ...(entry !== null && lawOf(entry)),
  }
  const { inputTokens } = reading.signals
  const session = sessionFacts(view, inputTokens, now(), experience.sessions.rules, policy.betweenRounds)
  const priced = cacheAware(view, session, inputTokens)
  const id = newDecisionId()
  const unit = entry?.caller.session ?? view?.key ?? id
  // A policy that learns corrects predictions by itself.
  const correction = policy.learner ? null : (knowledge.learning?.correction(router.artefact, unit) ?? null)
  const estimate = correctedBy(
    correction,
    reading.signals.taskType,
    candidateEstimator(router, request, reading, knowledge.observedLatency),
  )
  const candidates: CandidatesOf = (models, within = policy) =>
    eligible(
      models.map((model) => priced(estimate(model))),
      within === policy
        ? circumstances
        : { ...circumstances, conditions: conditionsOn(policy, options, within) },
    )
  const chosen = candidates(pool)
  const nested = nestedTurns(knowledge, policy, options, resolve, candidates, entry)
  const spare = candidates(fallbackModels(knowledge, policy, options, pool))
  const refused = [...chosen.refused, ...spare.refused]
  // With no lawful model in the pool, the fallbacks are what there is to choose from.
  const lawful = isNonEmpty(chosen.lawful) ? chosen.lawful : spare.lawful
  if (!isNonEmpty(lawful)) return { kind: 'failed', failure: nobodyMay(policy, refused, request, entry) }
  const standby = lawful === spare.lawful ? [] : spare.lawful
  const { betweenRounds } = policy
  const choosable = { candidates: lawful, fallbacks: standby }
  const held = heldBy(view, choosable, knowledge.isHealthy, betweenRounds)
  const detour = (ids: readonly ModelId[]): readonly Candidate[] =>
    ids.length === 0 ? [] : candidates(ids.flatMap((one) => knowledge.model(one) ?? [])).lawful
  const turn = turnOf(
    id,
    request,
    { ...reading, signals: withTools(reading.signals, filtered), ...(vector && { vector }) },
    held.candidates,
    objective,
    session,
    winsOf(router, reading),
    {
      asked: askedOf(options, policy),
      advisers: advisersOf(knowledge, policy, held.candidates, candidates),
      nested: heldWithin(view, nested, knowledge.isHealthy, betweenRounds),
      budget: budgetOf(knowledge, policy),
      embedder,
      ...knowledge.learning?.facts(policy, router.artefact),
    },
  )
  return {
    kind: 'considered',
    considered: {
      id,
      policy,
      askedModel: asked.model,
      queryHash: hash('sha256', routedText(request), 'hex').slice(0, 16),
      turn,
      fallbacks: held.fallbacks,
      detours: {
        contextExceeded: detour(policy.fallbacks.contextExceeded),
        contentPolicy: detour(policy.fallbacks.contentPolicy),
      },
      escalations: detour(policy.fallbacks.qualityEscalation),
      view,
      refused,
      filtered,
      caller: entry?.caller ?? nobody,
      familiarity: familiarity?.(reading.encoding) ?? null,
      features: keptFeatures(knowledge.learning, policy, router.artefact, turn),
      correction: correction?.version ?? null,
    },
  }
}

function withTools(signals: Signals, filtered: FilteredTools | null): Signals {
  if (filtered === null || filtered.dropped.length === 0) return signals
  const { kept, dropped, tokensSaved } = filtered
  return { ...signals, toolsLeftOut: { kept: kept.length, dropped: dropped.length, tokensSaved } }
}

/** Of the headers, those that the policy reads: a library's callers may hand in more. */
function askedOf(options: RoutingOptions, { headers: read }: Policy): Turn['asked'] {
  if (options.headers === undefined) return options
  const { headers, ...others } = options
  if (read.length === 0) return others
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return { ...others, headers: Object.fromEntries(given.filter(([name]) => read.includes(name))) }
}

type Considering = Estimates & {
  readonly known: Foreknown
  /** Of the configured encoder, for strategies; estimates read their own router's. */
  readonly vector: Float32Array | null
}

const inside = ({ router, objective, embedder, familiarity }: Knowledge): Considering => ({
  router,
  objective,
  embedder,
  familiarity,
  known: {},
  vector: null,
})

/** Estimates over the encoder's vector where there are such and the vector fits; else those of the built-in encoder. */
function outside(knowledge: Knowledge, request: Request, text: TextReading): Considering {
  const { vector, classes, warnings } = text
  const { overVectors } = knowledge
  const dims = overVectors?.router.artefact.encoder.textDims
  const fits = vector !== null && vector.length === dims
  const noted =
    vector === null || dims === undefined || fits
      ? warnings
      : [...warnings, `encoder: its vectors have ${vector.length} numbers, and the artefact wants ${dims}`]
  const { router, objective, familiarity } = overVectors && fits ? overVectors : knowledge
  const used = fits || dims === undefined ? vector : null
  return {
    router,
    objective,
    familiarity,
    // A request and the texts that it is compared with are read by one encoder: vectors of two say nothing of each other.
    embedder: used === null ? knowledge.embedder : knowledge.outsideEmbedder(),
    known: {
      ...(Object.keys(classes).length > 0 && { classes }),
      ...(noted.length > 0 && { warnings: noted }),
      ...(overVectors && fits && { encoding: vectorEncoding(vector, routedText(request)) }),
    },
    vector: used,
  }
}

/** Few strategies compare: the prompt is read for it when the first two models are. */
function winsOf(router: Router, reading: Parameters<NonNullable<Router['wins']>>[0]): Turn['wins'] {
  const { wins } = router
  if (wins === null) return null
  let compare: ReturnType<typeof wins> | null = null
  return (first, second) => {
    compare ??= wins(reading)
    return compare(first, second)
  }
}

function turnOf(
  id: DecisionId,
  request: Request,
  { signals, vector }: Pick<Turn, 'signals' | 'vector'>,
  candidates: NonEmpty<Candidate>,
  objective: Objective,
  session: SessionFacts | null,
  wins: Turn['wins'],
  beside: Pick<Turn, 'asked' | 'advisers' | 'nested' | 'budget' | 'embedder' | 'learnt' | 'exploration'>,
): Turn {
  // Few strategies draw: the generator is seeded when the first number is wanted.
  let draw: (() => number) | null = null
  return {
    request,
    signals,
    vector,
    candidates,
    objective,
    session,
    wins,
    ...beside,
    draw: () => {
      draw ??= seededDraw(id)
      return draw()
    },
  }
}
