/**
 * Time of one decision for a 2 KB prompt, whole and by its parts, in one process. `npm run bench:decision`.
 * Medians over batches, the batches of all parts interleaved, so that noise of the machine falls on all alike.
 */

import { table } from '../src/cli/table.ts'
import { builtInSurroundings } from '../src/config/built-in.ts'
import { readEnvironment } from '../src/config/environment.ts'
import { defaultConfig } from '../src/config/load.ts'
import { eligible } from '../src/eligibility/index.ts'
import { explain } from '../src/engine/explain.ts'
import { candidateEstimator } from '../src/estimate/candidate.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import { openDecider } from '../src/gateway/open-deciders.ts'
import { readSignals } from '../src/signals/index.ts'
import { routedText } from '../src/signals/routed-text.ts'
import { wireFormat } from '../src/wire/index.ts'

const rounds = 60
const perRound = 50
const bytes = 2048

const passage =
  'A warehouse ships crates of three sizes. In March it sent 1,240 small, 860 medium and 415 large crates; returns were 3.5 %, ' +
  'down from 4.1 % the year before. The new scheduler, written in Python, batches orders by region and loads trucks greedily. ' +
  'Explain why a greedy order can be far from the best one, give a small example with five crates and two trucks, and suggest ' +
  'a method that finds a provably good plan within a second. '

const prompt = passage.repeat(Math.ceil(bytes / passage.length)).slice(0, bytes)

async function main(): Promise<void> {
  // Keys that reach nobody: deciding calls no model, and a pool of real models is what a user has.
  const environment = readEnvironment({
    OPENAI_API_KEY: 'unused',
    ANTHROPIC_API_KEY: 'unused',
    GEMINI_API_KEY: 'unused',
  })
  const config = defaultConfig(import.meta.dirname, builtInSurroundings([], environment))
  const router = await loadRouter(config.artefact)
  const decider = await openDecider(config)
  const format = wireFormat('openai-chat')
  const text = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] })
  const decode = () => {
    const decoded = format.decodeRequest(JSON.parse(text))
    if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
    return decoded.value
  }
  const asked = decode()
  const reading = readSignals(asked.request, router.signals)
  const estimate = () => config.models.map(candidateEstimator(router, asked.request, reading))
  const candidates = estimate()
  const circumstances = {
    request: asked.request,
    signals: reading.signals,
    needsCost: true,
    maxCostUsd: null,
  }
  const consideration = decider.consider(asked)
  if (consideration.kind === 'failed') throw new Error(consideration.failure.message)
  const { policy, turn } = consideration.considered
  const parts: Record<string, () => unknown> = {
    'parse and decode the body': decode,
    'encoder alone': () => router.signals.encode(routedText(asked.request)),
    'all signals, encoder included': () => readSignals(asked.request, router.signals),
    [`estimates of ${config.models.length} models`]: estimate,
    eligibility: () => eligible(candidates, circumstances),
    'strategy (utility)': () => explain(policy.choose, turn),
    'whole decision, record included': () => decider.route(asked),
  }
  const times = measure(parts)
  console.log(
    `A prompt of ${prompt.length} bytes, ${config.models.length} models, ${rounds} x ${perRound} runs, Node ${process.versions.node}\n`,
  )
  console.log(
    table(
      [{ title: 'part' }, { title: 'median', align: 'right' }, { title: 'p90', align: 'right' }],
      Object.entries(times).map(([name, list]) => [name, micros(at(list, 0.5)), micros(at(list, 0.9))]),
    ),
  )
}

function measure(parts: Readonly<Record<string, () => unknown>>): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(parts).map((name) => [name, []]))
  const warmUp = 10
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, work] of Object.entries(parts)) {
      const startedAt = performance.now()
      for (let run = 0; run < perRound; run++) work()
      if (round >= 0) times[name]!.push((performance.now() - startedAt) / perRound)
    }
  }
  return times
}

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)]!

const micros = (ms: number): string => `${(1000 * ms).toFixed(1)} µs`

await main()
