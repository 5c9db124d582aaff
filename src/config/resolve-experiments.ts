import { everybody, type ExperimentDefinition } from '../domain/experiment.ts'
import type { Policy } from '../domain/policy.ts'
import { alternatives, didYouMean } from './closest.ts'
import type { ExperimentEntry } from './experiment-fields.ts'
import type { Path, ReportFault } from './faults.ts'

export function resolveExperiments(
  entries: Readonly<Record<string, ExperimentEntry>>,
  policies: readonly Policy[],
  report: ReportFault,
): readonly ExperimentDefinition[] {
  const names = policies.map(({ name }) => name)
  const found = Object.entries(entries).map(([id, entry]) =>
    experimentOf(id, entry, names, ['experiments', id], report),
  )
  found.forEach(({ id, policy }, index) => {
    const other = found.findIndex((one) => one.policy === policy)
    if (other < index)
      report(
        ['experiments', id, 'policy'],
        `${policy} takes part in ${found[other]!.id} already, and can be in but one experiment. Give ${found[other]!.id} more arms, or end it first.`,
      )
  })
  return found
}

/** @throws nothing: what is wrong is reported, and what comes back holds only where nothing was */
export function experimentOf(
  id: string,
  entry: ExperimentEntry,
  policies: readonly string[],
  path: Path,
  report: ReportFault,
): ExperimentDefinition {
  const { policy, control = policy, arms, cohort, guardrails, ...rest } = entry
  const known = (name: string, at: Path) => {
    if (!policies.includes(name))
      report(
        at,
        `${JSON.stringify(name)} is no policy. ${didYouMean(name, policies, `There are ${alternatives(policies)}.`)}`,
      )
  }
  known(policy, [...path, 'policy'])
  known(control, [...path, 'control'])
  const list = Object.entries(arms).map(([name, share]) => ({ policy: name, share }))
  for (const { policy: name } of list) {
    known(name, [...path, 'arms', name])
    if (name === control)
      report([...path, 'arms', name], 'is the control, which gets what the arms leave. Remove it.')
  }
  const whole = list.reduce((sum, { share }) => sum + share, 0)
  if (list.length === 0)
    report([...path, 'arms'], 'has no policy to try. Name one with its share, as in `cheaper: 0.2`.')
  if (whole > 1 + 1e-9)
    report([...path, 'arms'], `add up to ${whole}, and there is but 1 to share out. Lower them.`)
  const ramp = rest.ramp ?? []
  if (ramp.some((share, index) => index > 0 && share <= ramp[index - 1]!))
    report([...path, 'ramp'], 'must rise from step to step.')
  return {
    ...rest,
    id,
    policy,
    control,
    arms: list,
    ramp,
    cohort: {
      ...everybody,
      ...Object.fromEntries(Object.entries(cohort ?? {}).filter(([, names]) => names !== undefined)),
    },
    guardrails: { failures: guardrails?.failures ?? null, latencyMs: guardrails?.latencyMs ?? null },
  }
}
