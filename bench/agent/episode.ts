/** One task from its first words to its end: the agent asks, its tools are run, and the tests have the last word. */

import { type Draw, seededDraw } from '../../src/domain/random.ts'
import type { AssistantPart } from '../../src/domain/request.ts'
import { type Phase, promptOf } from './phases.ts'
import { type AgentTask, openRepository, type Repository, type TestResults, toolNames } from './repository.ts'

export type Shape = 'phases' | 'loop'

export type Answered = {
  readonly parts: readonly AssistantPart[]
  readonly model: string
  readonly usd: number
}

/** Asks for one step: what a client of an OpenAI-compatible endpoint would send. */
export type Ask = (body: object) => Promise<Answered>

export type Episode = {
  readonly solved: boolean
  readonly usd: number
  readonly calls: number
  readonly switches: number
  readonly models: readonly string[]
}

const mostCalls = 80
const mostRepairs = 2
const mostSummaries = 2

const parameters = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    text: { type: 'string' },
    old: { type: 'string' },
    new: { type: 'string' },
  },
}
const tools = toolNames.map((name) => ({
  type: 'function',
  function: { name, description: `${name.replace('_', ' ')} of the repository`, parameters },
}))

/** As long as those of real agents are, give or take. */
const system = (task: AgentTask): string =>
  `You are an agent that repairs software. Task ${task.id}.\n${'Keep to the conventions of the repository. Read before you write. Change no more than is needed, and say what you did. '.repeat(60)}`

export async function episodeOf(
  task: AgentTask,
  shape: Shape,
  ask: Ask,
  results: TestResults,
): Promise<Episode> {
  const repository = await openRepository(task, results)
  try {
    const run = new Run(task, repository, ask)
    const solved = shape === 'loop' ? await run.alone() : await run.phases()
    return { solved, ...run.sums() }
  } finally {
    await repository.close()
  }
}

class Run {
  private readonly task: AgentTask
  private readonly repository: Repository
  private readonly ask: Ask
  private readonly messages: object[]
  private readonly draw: Draw
  private usd = 0
  private readonly models: string[] = []

  constructor(task: AgentTask, repository: Repository, ask: Ask) {
    this.task = task
    this.repository = repository
    this.ask = ask
    this.draw = seededDraw(`words ${task.id}`)
    this.messages = [{ role: 'system', content: system(task) }]
  }

  sums() {
    const { usd, models } = this
    const switches = models.filter((model, place) => place > 0 && model !== models[place - 1]).length
    return { usd, calls: models.length, switches, models }
  }

  async phases(): Promise<boolean> {
    await this.phase('plan', `${this.task.text}\n\n`)
    await this.phase('explore')
    await this.phase('edit')
    let tests = await this.repository.runTests()
    for (let round = 0; tests.failed && round < mostRepairs; round++) {
      await this.phase('repair', '', `\n\n${tests.text}`)
      tests = await this.repository.runTests()
    }
    if (tests.failed) return false
    for (let round = 0; round < mostSummaries; round++) {
      const text = await this.phase('sum')
      if (text.includes('src/')) break
    }
    return true
  }

  async alone(): Promise<boolean> {
    await this.phase('alone', `${this.task.text}\n\n`)
    return !(await this.repository.runTests()).failed
  }

  /** Asks until no tool is called any more; the last words. */
  private async phase(phase: Phase, before = '', after = ''): Promise<string> {
    this.messages.push({ role: 'user', content: `${before}${promptOf(phase, this.draw)}${after}` })
    for (;;) {
      if (this.models.length >= mostCalls) return ''
      const { parts, model, usd } = await this.ask({ model: 'auto', messages: [...this.messages], tools })
      this.usd += usd
      this.models.push(model)
      const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
      const calls = parts.filter((part) => part.kind === 'tool-call')
      this.messages.push({
        role: 'assistant',
        content: text === '' ? null : text,
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, name, argumentsText }) => ({
            id,
            type: 'function',
            function: { name, arguments: argumentsText },
          })),
        }),
      })
      if (calls.length === 0) return text
      for (const { id, name, argumentsText } of calls) {
        const end = await this.repository.call(name, JSON.parse(argumentsText))
        this.messages.push({ role: 'tool', tool_call_id: id, content: end.text })
      }
    }
  }
}
