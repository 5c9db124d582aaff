import { createHash } from 'node:crypto'
import { answerText } from '../../domain/answer.ts'
import type { Model } from '../../domain/model.ts'
import { plainRequest, type Request } from '../../domain/request.ts'
import { simulateAnswer } from './answer.ts'
import { checkAnswer, generateTasks } from './tasks/index.ts'
import type { Task, TaskKind } from './tasks/task.ts'

/** A line of an outcome file, under the names that such files use. */
export type SimulatedRow = {
  readonly id: string
  readonly dataset: 'simulated'
  readonly split: 'train' | 'dev'
  readonly qhash: string
  readonly prompt: string
  readonly category: TaskKind
  readonly reference: string
  readonly outcomes: Readonly<Record<string, SimulatedOutcome>>
}

type SimulatedOutcome = {
  readonly score: 0 | 1
  /** Left out where the model has no known price. */
  readonly cost_usd?: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly latency_s: number
  readonly answer: string
}

/** What the models make of `count` generated tasks: to train and judge a router without a call to anybody. */
export function simulatedOutcomes(models: readonly Model[], seed: string, count: number): SimulatedRow[] {
  return generateTasks(seed, count).map((task, index) => {
    const qhash = createHash('sha256').update(task.prompt).digest('hex').slice(0, 16)
    return {
      id: `simulated-${seed}-${index}`,
      dataset: 'simulated',
      // One in seven, by the question: equal questions never stand on both sides.
      split: Number.parseInt(qhash.slice(0, 8), 16) % 7 === 0 ? 'dev' : 'train',
      qhash,
      prompt: task.prompt,
      category: task.kind,
      reference: task.answer,
      outcomes: Object.fromEntries(models.map((model) => [model.id, outcomeOf(model, task, seed)])),
    }
  })
}

function outcomeOf(model: Model, task: Task, seed: string): SimulatedOutcome {
  const { answer, latency } = simulateAnswer(model, requestFor(task), seed)
  const { inputTokens, outputTokens } = answer.usage
  const { input, output } = model.prices
  const text = answerText(answer)
  return {
    score: checkAnswer(task, text) ? 1 : 0,
    ...(input !== 'unknown' && output !== 'unknown'
      ? { cost_usd: Number(((inputTokens * input + outputTokens * output) / 1e6).toFixed(9)) }
      : {}),
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    latency_s: Number((latency.totalMs / 1000).toFixed(3)),
    answer: text.trim().split('\n').at(-1) ?? '',
  }
}

/** A task as a client asks it: one user message, and the answer's schema where it has one. */
export function requestFor({ prompt, responseSchema }: Pick<Task, 'prompt' | 'responseSchema'>): Request {
  const request = plainRequest(prompt)
  if (responseSchema === null) return request
  const responseFormat = {
    kind: 'json-schema',
    name: 'answer',
    description: null,
    schema: responseSchema,
    strict: true,
  } as const
  return { ...request, responseFormat }
}
