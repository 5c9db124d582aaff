/**
 * The tables of docs/agents.md, in Markdown: a scripted agent with real tools on repositories in temporary folders, whose models
 * are simulated with a skill for each part of the work. `npm run bench:agent -- [--episodes 300] [--seed agent] [--profile NAME] [--shape phases|loop|none] [--turns 20000]
 * [--gateway 40]`: episodes through a whole gateway.
 */

import { parseArgs } from 'node:util'
import { seededDraw } from '../src/domain/random.ts'
import { askOf, betweenRounds, contenders, openBenchDecider } from './agent/contenders.ts'
import { type Episode, episodeOf, type Shape } from './agent/episode.ts'
import { rowOf, tableOf } from './agent/report.ts'
import { agentTask, type TestResults } from './agent/repository.ts'
import { profiles } from './agent/skills.ts'
import { openAgentGateway } from './agent/through-gateway.ts'
import { generatedTurns, switchesOf, switchesTable } from './agent/turns.ts'

const { values } = parseArgs({
  options: {
    episodes: { type: 'string', default: '300' },
    seed: { type: 'string', default: 'agent' },
    profile: { type: 'string' },
    shape: { type: 'string' },
    turns: { type: 'string', default: '20000' },
    gateway: { type: 'string', default: '40' },
  },
})
const count = Number(values.episodes)
const { seed } = values

const decider = await openBenchDecider()
const results: TestResults = new Map()

async function episodesOf(
  contender: (typeof contenders)[number],
  profile: (typeof profiles)[number],
  shape: Shape,
) {
  const episodes: Episode[] = []
  for (let place = 0; place < count; place++) {
    const task = agentTask(`${seed}-${place}`, seededDraw(`${seed} ${place}`))
    episodes.push(await episodeOf(task, shape, askOf(decider, contender, task, profile, seed), results))
  }
  return episodes
}

for (const shape of ['phases', 'loop'] as const) {
  if (values.shape !== undefined && values.shape !== shape) continue
  for (const profile of profiles) {
    if (values.profile !== undefined && values.profile !== profile.name) continue
    console.error(`${shape}, ${profile.name} …`)
    const [first, ...others] = contenders
    const strongest = await episodesOf(first!, profile, shape)
    const rows = [rowOf(first!.name, strongest, strongest)]
    for (const contender of [...others, ...(shape === 'loop' ? betweenRounds : [])])
      rows.push(rowOf(contender.name, await episodesOf(contender, profile, shape), strongest))
    console.log(
      `\n### ${profile.name}, ${shape === 'phases' ? 'in phases' : 'in one row of tool calls'}\n\n${tableOf(rows)}`,
    )
  }
}
if (Number(values.gateway) > 0) {
  console.error('through a gateway …')
  const opened = await openAgentGateway()
  const through = async (policy: string): Promise<readonly Episode[]> => {
    const episodes: Episode[] = []
    for (let place = 0; place < Number(values.gateway); place++) {
      const task = agentTask(`${seed}-${place}`, seededDraw(`${seed} ${place}`))
      const ask = opened.askFor(policy, task, profiles[0]!, seed)
      episodes.push(await episodeOf(task, 'phases', ask, results))
    }
    return episodes
  }
  const strongest = await through('strongest')
  const rows = [
    rowOf('strongest throughout', strongest, strongest),
    rowOf('`steps`, models named', await through('named'), strongest),
  ]
  console.log(`\n### Through a gateway\n\n${tableOf(rows)}`)
  await opened.close()
}
if (Number(values.turns) > 0) {
  console.error('turns …')
  const turns = generatedTurns(Number(values.turns), seed)
  const chosen = contenders.filter(
    ({ policy, sticky }) => !sticky && policy !== 'strongest' && policy !== 'weakest',
  )
  const rows = chosen.map((contender) => [contender.name, switchesOf(decider, contender, turns)] as const)
  console.log(`\n### Changes of model\n\n${switchesTable(rows)}`)
}
await decider.close()
