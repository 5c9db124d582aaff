/** The demonstration: checkable tasks, sent to `auto` as any client would, each answer checked and told as feedback. */

import { checkAnswer, generateTasks } from '../../../../src/providers/simulated/tasks/index.ts'
import type { Task } from '../../../../src/providers/simulated/tasks/task.ts'
import { type ApiError, errorFrom, request } from '../../api/client.ts'

/** Browsers open six connections to one host; one is the stream of events, and one is left for the page. */
const atOnce = 4

export type DemoEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly error: ApiError }

/** Runs until all are sent or the signal says so. A refusal ends it: the next would be refused as well. */
export async function runDemo(
  count: number,
  signal: AbortSignal,
  onDone: (done: number) => void,
): Promise<DemoEnd> {
  const tasks = generateTasks(`dashboard-${Date.now()}`, count)
  let [next, done] = [0, 0]
  const worker = async () => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      await serve(task, signal)
      onDone(++done)
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, worker))
    return { kind: 'done' }
  } catch (thrown) {
    next = tasks.length
    return signal.aborted ? { kind: 'stopped' } : { kind: 'refused', error: errorFrom(thrown) }
  }
}

async function serve({ prompt, responseSchema, ...task }: Task, signal: AbortSignal): Promise<void> {
  const format = responseSchema && {
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: responseSchema },
    },
  }
  const body = { model: 'auto', messages: [{ role: 'user', content: prompt }], ...format }
  const reply = await request('POST', '/v1/chat/completions', body, { signal })
  const answer = (await reply.json()) as { choices?: { message?: { content?: string | null } }[] }
  const decision = reply.headers.get('x-fairlead-decision')
  if (decision === null) return
  const isRight = checkAnswer(
    { prompt, responseSchema, ...task },
    answer.choices?.[0]?.message?.content ?? '',
  )
  await request('POST', '/v1/feedback', { decision, score: isRight ? 1 : 0 }, { signal })
}
