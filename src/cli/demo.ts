import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { builtInSurroundings } from '../config/built-in.ts'
import { readEnvironment } from '../config/environment.ts'
import { defaultConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { answerText } from '../domain/answer.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { openStoredGateway } from '../gateway/open-gateway.ts'
import { requestFor } from '../providers/simulated/sample.ts'
import { checkAnswer, generateTasks } from '../providers/simulated/tasks/index.ts'
import type { Task } from '../providers/simulated/tasks/task.ts'
import { wireFormat } from '../wire/index.ts'
import { type CliCommand, UserError } from './command.ts'
import { demoPlot, textPlot } from './demo-plot.ts'
import { type DemoCall, type DemoRuns, demoReport, printDemoReport } from './demo-report.ts'
import { createProgress, type Progress } from './progress.ts'

type DemoFlags = {
  readonly tasks: string
  readonly seed: string
  readonly plot: string
  readonly pace: string
  readonly json?: boolean
}

export const demoCommand: CliCommand = (program) => {
  program
    .command('demo')
    .description(
      'send checkable tasks through simulated models: the cheapest only, the strongest only, and auto',
    )
    .option('--tasks <count>', 'how many tasks', '300')
    .option('--seed <text>', 'other tasks and other luck', 'demo')
    .option('--pace <share>', 'share of the real time that simulated models take; 0 answers at once', '1')
    .option('--plot <file>', 'where to write the plot', join('.fairlead', 'demo.svg'))
    .option('--json', 'print JSON')
    .action(demo)
}

const format = wireFormat('openai-chat')

/** Named, not picked by their results: the cheapest by its price, the strongest by what its catalogue entry says. */
const models = { cheapest: 'simulated/nano', strongest: 'simulated/frontier', auto: 'auto' } as const

/** Calls under way at once: enough that three hundred tasks take seconds, few enough that two cores keep the pace. */
const concurrency = 64

async function demo(flags: DemoFlags): Promise<void> {
  const count = Number(flags.tasks)
  if (!Number.isInteger(count) || count < 1 || count > 20_000) {
    throw new UserError(
      `--tasks ${flags.tasks} is not a number of tasks. Write a whole number from 1 to 20000.`,
    )
  }
  const pace = Number(flags.pace)
  if (!(pace >= 0 && pace <= 10))
    throw new UserError(`--pace ${flags.pace} is not a pace. Write a number from 0 to 10.`)
  const log = resolve('.fairlead', 'demo.db')
  const config = { ...demoConfig(pace), storage: { kind: 'sqlite' as const, path: log } }
  const gateway = await openStoredGateway(config, {
    seed: flags.seed,
    onLogProblem: console.error,
  })
  const progress = createProgress(process.stderr)
  const report = demoReport(await runAll(gateway, generateTasks(flags.seed, count), progress), flags.seed)
  progress.finish()
  await gateway.close()
  await mkdir(dirname(flags.plot), { recursive: true })
  await writeFile(flags.plot, demoPlot(report))
  if (flags.json) {
    console.log(JSON.stringify(report, null, 2))
    return
  }
  console.log(
    [
      `${count} tasks with checkable answers, each put to ${models.cheapest}, to ${models.strongest} and to auto.`,
      'The models are simulated: they solve the tasks, with a chance of error that grows with difficulty. auto knows them from',
      'tasks of another seed. The figures show that routing works; they do not say what your traffic would save.',
      '',
      printDemoReport(report),
      '',
      textPlot(report),
      '',
      `Plot: ${flags.plot}. Decisions: npx fairlead report --db ${join('.fairlead', 'demo.db')}`,
    ].join('\n'),
  )
}

/** Simulated models alone, whatever keys and files there are. */
function demoConfig(pace: number): ResolvedConfig {
  const config = defaultConfig(process.cwd(), builtInSurroundings([], readEnvironment({})))
  return { ...config, simulated: { pace } }
}

async function runAll(gateway: Gateway, tasks: readonly Task[], progress: Progress): Promise<DemoRuns> {
  const total = 3 * tasks.length
  let done = 0
  const run = (model: string) =>
    inParallel(tasks, async (task) => {
      const call = await serve(gateway, task, model)
      progress.step(`${model}`, ++done, total)
      return call
    })
  // One after another: latencies of one strategy are not to suffer from another's load.
  const cheapest = await run(models.cheapest)
  const strongest = await run(models.strongest)
  return { cheapest, strongest, auto: await run(models.auto) }
}

async function serve(gateway: Gateway, task: Task, model: string): Promise<DemoCall> {
  const request = requestFor(task)
  const text = format.encodeRequest(request, {
    model,
    quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
  })
  const decoded = format.decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  const startedAt = performance.now()
  const reply = await gateway.chat({ format, text, asked: decoded.value }, new AbortController().signal)
  const latencyMs = performance.now() - startedAt
  if (reply.kind !== 'buffered')
    throw new Error(`${model} gave no answer to a task: ${JSON.stringify(reply)}`)
  const answer = format.decodeAnswer(JSON.parse(Buffer.from(reply.bytes).toString('utf8')))
  if (answer.kind === 'failed') throw new Error(answer.failure.message)
  return {
    task: { kind: task.kind },
    correct: checkAnswer(task, answerText(answer.value)),
    usd: reply.served?.usd ?? Number.NaN,
    latencyMs,
    model: reply.served?.model ?? 'unknown',
  }
}

/** Results in the order of the items, however the calls end. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}
