/** A scripted agent with real tools, its models simulated with a skill for each part of the work: bench/agent, in small. */

import { expect, onTestFinished, test } from 'vitest'
import { contenders, openBenchDecider } from '../../bench/agent/contenders.ts'
import { type Episode, episodeOf } from '../../bench/agent/episode.ts'
import { agentTask, type TestResults } from '../../bench/agent/repository.ts'
import { profiles } from '../../bench/agent/skills.ts'
import { openAgentGateway } from '../../bench/agent/through-gateway.ts'
import { generatedTurns, switchesOf } from '../../bench/agent/turns.ts'
import { seededDraw } from '../domain/random.ts'

const named = (name: string) => contenders.find((one) => one.name === name)!

test('in turns of agents of all kinds no model changes where it would do harm, and few change at all', async () => {
  const decider = await openBenchDecider()
  onTestFinished(decider.close)
  const turns = generatedTurns(600, 'test')
  const naive = switchesOf(decider, named('naive: each request by its step'), turns)
  const steps = switchesOf(decider, named('`steps`, models named'), turns)
  expect(steps.unsafe).toEqual({ 'tool-loop': 0, seals: 0, 'vendor-state': 0 })
  // The turns have what is to be kept from harm in them: who remembers nothing does it.
  for (const count of Object.values(naive.unsafe)) expect(count).toBeGreaterThan(0)
  expect(steps.switches).toBeGreaterThan(0)
  expect(steps.switches).toBeLessThan(0.3 * naive.switches)
}, 60_000)

test('through a whole gateway the agent solves what the strongest model solves, for less', async () => {
  const opened = await openAgentGateway()
  onTestFinished(opened.close)
  const results: TestResults = new Map()
  const episodes = async (policy: string): Promise<readonly Episode[]> => {
    const all: Episode[] = []
    for (let place = 0; place < 5; place++) {
      const task = agentTask(`test-${place}`, seededDraw(`test ${place}`))
      all.push(await episodeOf(task, 'phases', opened.askFor(policy, task, profiles[0]!, 'test'), results))
    }
    return all
  }
  const usd = (all: readonly Episode[]) => all.reduce((sum, one) => sum + one.usd, 0)
  const solved = (all: readonly Episode[]) => all.filter((one) => one.solved).length
  const strongest = await episodes('strongest')
  const steps = await episodes('named')
  expect(solved(steps)).toBeGreaterThanOrEqual(solved(strongest))
  expect(usd(steps)).toBeLessThan(0.8 * usd(strongest))
  for (const { models } of steps) expect(models[0]).toBe('bench/frontier')
}, 60_000)
