import type { LimitPeriod } from '../domain/limits.ts'
import type { Policy } from '../domain/policy.ts'
import type {
  gradeScales,
  ImplicitEntry,
  JudgeEntry,
  shadowComparisons,
  ShadowEntry,
} from './aside-fields.ts'
import { alternatives, didYouMean } from './closest.ts'
import type { Path, ReportFault } from './faults.ts'

/** What a purpose beside the served path may spend. */
export type AsideBudget = { readonly usd: number; readonly per: LimitPeriod }

export type JudgeSettings = {
  /** A policy or a model: what is written in `model`. */
  readonly by: string
  /** 0 to 1. */
  readonly share: number
  readonly budget: AsideBudget
  /** `null`: those of all policies. */
  readonly policies: readonly string[] | null
  readonly rubric: string | null
  readonly scale: (typeof gradeScales)[number]
}

export type ShadowSettings = {
  readonly name: string
  readonly policy: string
  readonly by: string
  /** 0 to 1. */
  readonly share: number
  /** `null`: it decides, and answers nothing. */
  readonly budget: AsideBudget | null
  readonly compare: (typeof shadowComparisons)[number]
}

export type ImplicitSettings = {
  readonly retries: boolean
  readonly tools: boolean
  readonly withinMs: number
}

export type AsideSettings = {
  readonly judge: JudgeSettings | null
  readonly shadows: readonly ShadowSettings[]
  readonly implicit: ImplicitSettings | null
}

export type AsideSections = {
  readonly judge?: JudgeEntry | undefined
  readonly shadows?: Readonly<Record<string, ShadowEntry>> | undefined
  readonly implicit?: ImplicitEntry | undefined
  readonly experiments?: Readonly<Record<string, unknown>> | undefined
}

type Context = {
  readonly policies: readonly Policy[]
  /** Ids of models and their other names. */
  readonly models: readonly string[]
  readonly report: ReportFault
}

/** @throws nothing: what is wrong is reported, and what comes back holds only where nothing was */
export function resolveAside(
  { judge, shadows = {}, implicit, experiments = {} }: AsideSections,
  context: Context,
): AsideSettings {
  for (const id of Object.keys(experiments))
    if (/^(?:judge|shadow) /.test(id))
      context.report(
        ['experiments', id],
        'begins like the marks of judges and shadows, whose decisions are left out of much. Give it another name.',
        'key',
      )
  return {
    judge: judge === undefined ? null : judgeOf(judge, context),
    shadows: Object.entries(shadows).map(([name, entry]) =>
      shadowOf(name, entry, judge !== undefined, context),
    ),
    implicit: implicit === undefined ? null : implicitOf(implicit, context),
  }
}

function judgeOf(
  { by, share, usd, per, policies, rubric, scale }: JudgeEntry,
  context: Context,
): JudgeSettings {
  known(by, ['judge', 'by'], context)
  for (const [index, name] of (policies ?? []).entries())
    knownPolicy(name, ['judge', 'policies', index], context)
  return {
    by,
    share,
    budget: { usd, per },
    policies: policies ?? null,
    rubric: rubric ?? null,
    scale,
  }
}

function shadowOf(
  name: string,
  { policy, by, share, answers, usd, per, compare }: ShadowEntry,
  judged: boolean,
  context: Context,
): ShadowSettings {
  const path = ['shadows', name]
  const { report } = context
  knownPolicy(policy, [...path, 'policy'], context)
  known(by, [...path, 'by'], context)
  if (by === policy) report([...path, 'by'], 'is the policy that it would shadow. Name another.')
  if (answers && usd === undefined)
    report([...path, 'usd'], 'is not there: say how many dollars the answers may cost, as in `usd: 5`.')
  if (!answers && usd !== undefined)
    report([...path, 'usd'], 'limits what nothing is spent on. Write `answers: true`, or remove it.')
  if (!answers && compare !== 'none')
    report([...path, 'compare'], 'needs two answers. Write `answers: true`, or remove it.')
  if (compare === 'judge' && !judged)
    report(
      [...path, 'compare'],
      'asks a judge, and there is none. Add `judge`, with `share: 0` if it is to do nothing else.',
    )
  return { name, policy, by, share, budget: answers && usd !== undefined ? { usd, per } : null, compare }
}

function implicitOf({ retries, tools, withinMinutes }: ImplicitEntry, { report }: Context): ImplicitSettings {
  if (!retries && !tools) report(['implicit'], 'looks at nothing. Write `retries: true` or `tools: true`.')
  return { retries, tools, withinMs: withinMinutes * 60_000 }
}

function knownPolicy(name: string, path: Path, { policies, report }: Context): void {
  const names = policies.map((policy) => policy.name)
  if (!names.includes(name))
    report(
      path,
      `${JSON.stringify(name)} is no policy. ${didYouMean(name, names, `There are ${alternatives(names)}.`)}`,
    )
}

function known(name: string, path: Path, { policies, models, report }: Context): void {
  const names = [...policies.map((policy) => policy.name), ...models]
  if (!names.includes(name))
    report(
      path,
      `${JSON.stringify(name)} is neither a policy nor a model that can be reached. ${didYouMean(name, names, 'Add it under policies.')}`,
    )
}
