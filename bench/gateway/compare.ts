/** Runs every scenario against every contender, round by round, so that noise of the machine falls on all alike. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contender.ts'
import type { LoadResult } from './load-job.ts'
import { ask, cpuSeconds, residentMegabytes, type Started } from './process.ts'
import { jobFor, type Scenario, type ScenarioName, scenarios } from './scenarios.ts'
import type { UpstreamPace } from './upstream.ts'

/** One round of one contender in one scenario. */
export type Sample = LoadResult & {
  readonly scenario: ScenarioName
  readonly contender: string
  readonly round: number
  /** Seconds of processor that the contender used; NaN of nothing between. */
  readonly cpu: number
  readonly residentMb: number
}

export type Plan = {
  readonly scenarios: readonly ScenarioName[]
  readonly rounds: number
  readonly seconds: number
  readonly upstream: Started
  readonly load: Started
  readonly contenders: readonly Contender[]
  readonly onProgress: (text: string) => void
}

export async function compare(plan: Plan): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  try {
    for (const contender of plan.contenders) {
      await alone(plan, contender)
      await warmUp(plan, contender)
    }
    for (let round = 0; round < plan.rounds; round++)
      for (const scenario of plan.scenarios)
        for (const contender of plan.contenders) {
          if (!takesPart(contender, scenarios[scenario], samples)) continue
          plan.onProgress(`round ${round + 1} of ${plan.rounds}: ${scenario}, ${contender.name}`)
          await alone(plan, contender)
          samples.push({ ...(await measure(plan, scenario, contender, plan.seconds)), round })
        }
  } finally {
    // One that is held would not hear that it is to end.
    for (const { pid } of plan.contenders) if (pid !== null) process.kill(pid, 'SIGCONT')
  }
  return samples
}

/** What has waited while it was held is done before it is measured. */
const settleMs = 500

/**
 * Holds the others: all share a core, and one that was busy a moment ago clears up after itself (collects garbage, writes, sends)
 * in the next one's time. Of three Fairleads that stalled each other for a tenth of a second.
 */
async function alone({ contenders }: Plan, contender: Contender): Promise<void> {
  for (const { pid } of contenders) if (pid !== null && pid !== contender.pid) process.kill(pid, 'SIGSTOP')
  if (contender.pid === null) return
  process.kill(contender.pid, 'SIGCONT')
  await pause(settleMs)
}

/** Code is compiled for speed only after it has run for some thousands of requests. */
const warmUpRequests = 20_000
const mostWarmUpMs = 30_000

async function warmUp(plan: Plan, contender: Contender): Promise<void> {
  plan.onProgress(`warming up: ${contender.name}`)
  const endAt = performance.now() + mostWarmUpMs
  if (contender.streams) await measure(plan, 'stream-burst', contender, 2)
  for (let answered = 0; answered < warmUpRequests && performance.now() < endAt; )
    answered += (await measure(plan, 'throughput', contender, 2)).answered
}

/** A rate that is near a contender's most, or above it, measures its queue and nothing else. */
const mostOfCapacity = 0.9

export function takesPart(
  contender: Contender,
  { stream, load }: Scenario,
  samples: readonly Sample[],
): boolean {
  if (stream) return contender.streams
  if (load.kind === 'closed') return true
  const full = samples.find(
    (sample) => sample.scenario === 'throughput' && sample.contender === contender.name,
  )
  return full === undefined || load.perSecond < mostOfCapacity * (full.answered / full.seconds)
}

async function measure(
  { upstream, load }: Plan,
  scenario: ScenarioName,
  contender: Contender,
  seconds: number,
): Promise<Omit<Sample, 'round'>> {
  const { everyMs } = scenarios[scenario]
  await ask(upstream, { everyMs } satisfies UpstreamPace)
  const { pid } = contender
  const before = pid === null ? Number.NaN : cpuSeconds(pid)
  const result = await ask<LoadResult>(load, jobFor(scenarios[scenario], contender, seconds))
  return {
    ...result,
    scenario,
    contender: contender.name,
    cpu: pid === null ? Number.NaN : cpuSeconds(pid) - before,
    residentMb: pid === null ? Number.NaN : residentMegabytes(pid),
  }
}
