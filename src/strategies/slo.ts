import { z } from 'zod'
import { ascending, byCost, byQuality, type Candidate, expectedUsd } from '../domain/candidate.ts'
import type { Estimate } from '../domain/estimate.ts'
import { type Failure, failure } from '../domain/failure.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { forward, refuse, type Turn } from '../domain/strategy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { worth } from '../domain/value.ts'
import { normalQuantile } from './answers/normal.ts'
import { comparable, matchesGlob } from './rules/text-tests.ts'
import { defineStrategy, modelName } from './strategy.ts'

const milliseconds = z.number().positive()

const tierSchema = z.strictObject({
  firstTokenMs: milliseconds.optional().describe('Time to the first token.'),
  latencyMs: milliseconds.optional().describe('Time to the last token.'),
  maxCostUsd: z.number().positive().optional().describe('The most that a request may be expected to cost.'),
  pool: z.array(modelName).min(1).optional().describe("Its models; else all of the policy's."),
  prefer: z
    .enum(['value', 'cost', 'speed', 'quality'])
    .default('value')
    .describe('Which of the models that keep to it answers.'),
})

type Tier = z.output<typeof tierSchema>

const defaultTiers: Readonly<Record<string, Tier>> = {
  realtime: { firstTokenMs: 500, maxCostUsd: 0.001, prefer: 'value' },
  standard: { firstTokenMs: 3_000, maxCostUsd: 0.01, prefer: 'value' },
  premium: { latencyMs: 30_000, maxCostUsd: 0.1, prefer: 'quality' },
  batch: { maxCostUsd: 0.01, prefer: 'cost' },
}

/**
 * Service levels: each tier has a latency budget, a cost ceiling and a pool, and a model keeps to it where
 *
 *     mean latency + z x deviation <= budget,   z the normal quantile of `sure`,   and   expected dollars <= ceiling.
 *
 * The ceiling and the pool are limits that hold. Where no model is fast enough the fastest within them answers, unless the
 * request is to be refused.
 */
export const slo = defineStrategy({
  name: 'slo',
  summary: 'service levels: a latency budget, a cost ceiling and a pool for each tier',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    tiers: z
      .record(z.string().min(1).max(60), tierSchema)
      .default({ ...defaultTiers })
      .describe('By name; realtime, standard, premium and batch where nothing is said.'),
    default: z
      .string()
      .min(1)
      .default('standard')
      .describe('Where neither the request nor its user says a tier.'),
    users: z
      .record(z.string().min(1).max(200), z.string().min(1))
      .default({})
      .describe('Tiers by user; * stands for any characters. Of several that fit the longest counts.'),
    clientsMayChoose: z
      .boolean()
      .default(true)
      .describe('Whether x-fairlead-tier counts. Without it only users and the default do.'),
    sure: z
      .number()
      .min(0.5)
      .max(0.999)
      .default(0.8)
      .describe('How likely it must be that the answer comes within the budget.'),
    whenTooSlow: z
      .enum(['fastest', 'refuse'])
      .default('fastest')
      .describe('Where no model is fast enough: the fastest answers, or nobody.'),
  }),
  models: () => null,
  ways: ({ tiers }) => [...new Set(Object.values(tiers).flatMap(({ pool }) => pool ?? []))],
  faults: ({ tiers, users, default: otherwise }) =>
    [
      { path: ['default'], name: otherwise },
      ...Object.entries(users).map(([user, name]) => ({ path: ['users', user], name })),
    ]
      .filter(({ name }) => !Object.hasOwn(tiers, name))
      .map(({ path, name }) => ({
        path,
        message: `${JSON.stringify(name)} is no tier. Write ${Object.keys(tiers).join(', ')}, or add it under tiers.`,
      })),
  *choose(turn, options) {
    const { name, said } = tierOf(turn, options)
    const tier = options.tiers[name]!
    const { affordable, nobody } = withinLimits(turn.candidates, tier, name)
    if (nobody !== null) return refuse(nobody)
    const z = normalQuantile(options.sure)
    const timely = affordable.filter((candidate) => overrun(candidate, tier, z) <= 1)
    const late = bySpeed(
      affordable.filter((candidate) => !timely.includes(candidate)),
      tier,
      z,
    )
    const order = [...preferred(timely, tier, turn), ...late]
    if (!isNonEmpty(order) || (timely.length === 0 && options.whenTooSlow === 'refuse'))
      return refuse(noneFastEnough(name, late[0], tier))
    const promise = `${percent(options.sure)} sure to keep to it`
    return forward(
      order,
      timely.length > 0
        ? `tier ${name}${said}: ${timely.length} of ${turn.candidates.length} models are ${promise}, ${tier.prefer} decides`
        : `tier ${name}${said}: no model is ${promise}; ${order[0].id} is the fastest`,
    )
  },
})

type Options = {
  readonly tiers: Readonly<Record<string, Tier>>
  readonly default: string
  readonly users: Readonly<Record<string, string>>
  readonly clientsMayChoose: boolean
}

/** What the request asks for, else what its user has, else the default. */
function tierOf({ asked, request }: Turn, { tiers, users, clientsMayChoose, default: otherwise }: Options) {
  const wanted = clientsMayChoose ? asked.tier : null
  if (wanted !== null && Object.hasOwn(tiers, wanted)) return { name: wanted, said: '' }
  const unknown = wanted === null ? '' : ` (there is no tier ${JSON.stringify(wanted.slice(0, 40))})`
  const user = asked.user ?? request.user
  if (user !== null) {
    const fitting = Object.keys(users)
      .filter((pattern) => matchesGlob(comparable(user), pattern.toLowerCase()))
      .sort((a, b) => b.length - a.length)[0]
    if (fitting !== undefined) return { name: users[fitting]!, said: `, of the user${unknown}` }
  }
  return { name: otherwise, said: `, the default${unknown}` }
}

function withinLimits(
  candidates: readonly Candidate[],
  { pool, maxCostUsd = Number.POSITIVE_INFINITY }: Tier,
  name: string,
): { readonly affordable: readonly Candidate[]; readonly nobody: Failure | null } {
  const own = pool === undefined ? candidates : candidates.filter(({ id }) => pool.includes(id))
  const affordable = own.filter((candidate) => expectedUsd(candidate) <= maxCostUsd)
  if (own.length === 0)
    return { affordable, nobody: noneEligible(`No model of the tier ${name} may serve this request.`) }
  if (affordable.length > 0) return { affordable, nobody: null }
  const [cheapest] = byCost(own)
  return {
    affordable,
    nobody: noneEligible(
      `No model of the tier ${name} keeps to its $${maxCostUsd}: ${cheapest!.id} costs least, with $${expectedUsd(cheapest!).toPrecision(3)}. Ask for less, or for another tier.`,
    ),
  }
}

const noneEligible = (message: string): Failure => failure('rejected', message, { code: 'no_eligible_model' })

const noneFastEnough = (name: string, fastest: Candidate | undefined, tier: Tier): Failure =>
  noneEligible(
    `No model of the tier ${name} is fast enough${fastest ? `: ${fastest.id} is expected to take ${Math.round(tier.latencyMs === undefined ? firstToken(fastest).mean : fastest.latencyMs.mean)} ms` : ''}. Ask for another tier.`,
  )

/** As observed, else by the catalogue, of whose time a quarter is its deviation, as of the whole answer (estimate/latency.ts). */
const firstToken = ({ firstTokenMs, model: { speed } }: Candidate): Estimate =>
  firstTokenMs ?? { mean: speed.firstTokenMs, deviation: speed.firstTokenMs / 4 }

/** The share of its budget that a model may need, the worst of both budgets; without any, 0. */
function overrun(candidate: Candidate, { firstTokenMs, latencyMs }: Tier, z: number): number {
  const share = ({ mean, deviation }: Estimate, budget: number | undefined): number =>
    budget === undefined ? 0 : (mean + z * deviation) / budget
  return Math.max(share(firstToken(candidate), firstTokenMs), share(candidate.latencyMs, latencyMs))
}

const bySpeed = (candidates: readonly Candidate[], tier: Tier, z: number): readonly Candidate[] =>
  byCost(candidates).sort((a, b) => ascending(overrun(a, tier, z), overrun(b, tier, z)))

function preferred(
  timely: readonly Candidate[],
  { prefer }: Tier,
  { objective }: Turn,
): readonly Candidate[] {
  switch (prefer) {
    case 'cost':
      return byCost(timely)
    case 'quality':
      return byQuality(timely)
    case 'speed':
      return byCost(timely).sort((a, b) => ascending(a.latencyMs.mean, b.latencyMs.mean))
    case 'value':
      return byCost(timely).sort((a, b) => ascending(worth(b, objective), worth(a, objective)))
    default:
      return unreachable(prefer)
  }
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
