/** Strategies of several calls on generated tasks with checkable answers, over a whole gateway with simulated models. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStoredGateway } from '../../src/gateway/open-gateway.ts'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfig } from '../../src/config/load.ts'
import { answerText } from '../../src/domain/answer.ts'
import type { ResolvedConfig } from '../../src/config/resolved.ts'
import type { Request } from '../../src/domain/request.ts'
import type { Gateway, Incoming } from '../../src/gateway/gateway.ts'
import { openDecider } from '../../src/gateway/open-deciders.ts'
import type { TeamHeads } from '../../src/strategies/team/heads.ts'
import { bootstrap } from '../../src/learning/evaluation/bootstrap.ts'
import { requestFor } from '../../src/providers/simulated/sample.ts'
import { checkAnswer, generateTasks } from '../../src/providers/simulated/tasks/index.ts'
import type { Task } from '../../src/providers/simulated/tasks/task.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { trainedTeamHeads } from './train-team.ts'

const lambda = 20
const all = ['simulated/nano', 'simulated/mid', 'simulated/frontier', 'simulated/reasoning']
const cheap = ['simulated/nano', 'simulated/mid']

/** What each line of the table is; every policy has the same exchange rate. */
function policies(heads: object): Readonly<Record<string, object>> {
  const over = (strategy: string, options: object, pool: readonly string[] = all) => ({
    strategy,
    pool,
    lambda,
    ...options,
  })
  return {
    utility: over('utility', {}),
    cascade: over('cascade', {}),
    'ensemble vote of 3': over('ensemble', { size: 3 }),
    'ensemble vote, in turn until 2 agree': over('ensemble', { size: 3, minAgreeing: 2 }),
    'ensemble judge (frontier)': over('ensemble', { combine: 'judge', judge: 'simulated/frontier' }),
    'ensemble synthesis, 1 layer': over('ensemble', { combine: 'synthesis' }),
    'ensemble synthesis, 2 layers': over('ensemble', { combine: 'synthesis', layers: 2 }),
    'self-consistency of nano, 5': over('self-consistency', { samples: 5 }, ['simulated/nano']),
    'self-consistency of mid, 5': over('self-consistency', { samples: 5 }, ['simulated/mid']),
    'self-consistency of mid, all 5': over('self-consistency', { samples: 5, stopAt: 1 }, ['simulated/mid']),
    'first-good of the cheap two': over('first-good', {}, cheap),
    'llm-classifier (mid)': {
      strategy: 'llm-classifier',
      model: 'simulated/mid',
      ways: [
        { from: 1, to: 'simulated/nano' },
        { from: 2.5, to: 'simulated/mid' },
        { from: 3.8, to: 'simulated/frontier' },
      ],
    },
    'router-model (mid)': over('router-model', { model: 'simulated/mid' }),
    'team, untrained': over('team', {}),
    'team, trained on other tasks': over('team', { heads }),
    'confident-team': over('confident-team', {}),
  }
}

type Served = { readonly right: boolean; readonly usd: number; readonly failed: boolean }

export async function simulatedTable(count: number, seed: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-ensembles-'))
  try {
    const named = policies(await trainedHeads(folder, `${seed} train`))
    const gateway = await gatewayOf(folder, named)
    const tasks = generateTasks(seed, count)
    const rows: string[][] = []
    for (const model of [...all, ...Object.keys(named)]) {
      process.stderr.write(`${model} …\n`)
      const served = await inParallel(tasks, (task) => serve(gateway, task, slug(model)))
      rows.push(rowOf(model, served, seed))
    }
    await gateway.close()
    return [
      `${count} generated tasks (seed ${JSON.stringify(seed)}), simulated models, lambda ${lambda}: utility is the share of right answers less ${lambda} times the dollars. 95 % intervals by bootstrap over tasks.`,
      '',
      markdown(['policy', 'right', 'dollars per 1,000', 'utility', 'failed'], rows),
    ].join('\n')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function trainedHeads(folder: string, seed: string): Promise<TeamHeads> {
  const config = await configOf(folder, { team: { strategy: 'team', pool: all, lambda } })
  const decider = await openDecider(config)
  try {
    return trainedTeamHeads(decider, (request) => incoming(request, 'team').asked, {
      tasks: 300,
      teams: 6,
      seed,
      lambda,
    })
  } finally {
    await decider.close()
  }
}

async function configOf(folder: string, named: Readonly<Record<string, object>>): Promise<ResolvedConfig> {
  const file = join(folder, 'fairlead.yaml')
  const written = Object.fromEntries(Object.entries(named).map(([name, policy]) => [slug(name), policy]))
  await writeFile(file, JSON.stringify({ simulated: { pace: 0 }, policies: written }))
  const surroundings = builtInSurroundings([], readEnvironment({}))
  const result = await loadConfig({ file, directory: folder, surroundings })
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults, null, 2))
  return result.config
}

const gatewayOf = async (folder: string, named: Readonly<Record<string, object>>): Promise<Gateway> =>
  openStoredGateway(await configOf(folder, named), {
    seed: 'bench',
    onLogProblem: (problem) => console.error(problem),
  })

/** Policies' names have no spaces; models' keep their slash. */
const slug = (name: string): string => name.replace(/[^a-z0-9/]+/gi, '-').replace(/-$/, '')

const format = wireFormat('openai-chat')

function incoming(request: Request, model: string): Incoming {
  const text = format.encodeRequest(request, {
    model,
    quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
  })
  const decoded = format.decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  return { format, text, asked: decoded.value }
}

async function serve(gateway: Gateway, task: Task, model: string): Promise<Served> {
  const reply = await gateway.chat(incoming(requestFor(task), model), new AbortController().signal)
  const usd = reply.served?.usd ?? Number.NaN
  if (reply.kind !== 'buffered') return { right: false, usd: Number.isNaN(usd) ? 0 : usd, failed: true }
  const answer = format.decodeAnswer(JSON.parse(Buffer.from(reply.bytes).toString('utf8')))
  if (answer.kind === 'failed') throw new Error(answer.failure.message)
  return { right: checkAnswer(task, answerText(answer.value)), usd, failed: false }
}

function rowOf(name: string, served: readonly Served[], seed: string): string[] {
  const figures = bootstrap(
    served.length,
    (weights) => {
      let right = 0
      let usd = 0
      let total = 0
      served.forEach((one, index) => {
        total += weights[index]!
        right += weights[index]! * (one.right ? 1 : 0)
        usd += weights[index]! * one.usd
      })
      return { right: right / total, usd: usd / total, utility: (right - lambda * usd) / total }
    },
    { seed, resamples: 1000 },
  )
  const { right, usd, utility } = figures
  return [
    name,
    `${right.value.toFixed(3)} [${right.low.toFixed(3)}, ${right.high.toFixed(3)}]`,
    (1000 * usd.value).toFixed(3),
    `${utility.value.toFixed(3)} [${utility.low.toFixed(3)}, ${utility.high.toFixed(3)}]`,
    `${served.filter(({ failed }) => failed).length}`,
  ]
}

export const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  return results
}
