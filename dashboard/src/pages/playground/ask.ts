/** The calls of the playground, as any client makes them: with a virtual key where the gateway wants one. */

import type { Decision } from '../../../../src/domain/decision.ts'
import { errorFrom, request, send } from '../../api/client.ts'
import { readFrames } from '../../api/frames.ts'
import type { Story } from '../../api/types.ts'
import { type Step, toldBy } from './answer.ts'

export type Asking = { readonly key: string; readonly signal: AbortSignal }

const bodyOf = (model: string, prompt: string) => ({ model, messages: [{ role: 'user', content: prompt }] })
const bearerOf = (key: string): string | null => (key.trim() === '' ? null : key.trim())

/** What would be chosen. No model is called. @throws CallError */
export const routed = (model: string, prompt: string, { key, signal }: Asking): Promise<Decision> =>
  send<Decision>('POST', '/v1/route', bodyOf(model, prompt), { bearer: bearerOf(key), signal })

/** Asks, and tells each step of the answer as it comes. Never throws: what goes wrong is a step. */
export async function asked(
  model: string,
  prompt: string,
  { key, signal }: Asking,
  tell: (step: Step) => void,
): Promise<void> {
  const began = performance.now()
  const passed = (): number => performance.now() - began
  try {
    const body = { ...bodyOf(model, prompt), stream: true, stream_options: { include_usage: true } }
    const reply = await request('POST', '/v1/chat/completions', body, { bearer: bearerOf(key), signal })
    const told = toldBy(reply.headers)
    tell({ kind: 'headers', told })
    for await (const { data } of readFrames(reply.body!)) tell({ kind: 'event', data, at: passed() })
    tell({ kind: 'ended', at: passed() })
    if (told.decision !== null) tell({ kind: 'priced', usd: await costOf(told.decision, signal) })
  } catch (thrown) {
    tell(
      signal.aborted
        ? { kind: 'stopped', at: passed() }
        : { kind: 'failed', message: errorFrom(thrown).message, at: passed() },
    )
  }
}

/** Decisions are written a moment after they were served. */
const waitsMs = [300, 500, 1_000, 2_000]

/** Dollars; `null`: not known, or not to be had. */
async function costOf(decision: string, signal: AbortSignal): Promise<number | null> {
  for (const waitMs of waitsMs) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    if (signal.aborted) return null
    try {
      const { outcome } = await send<Story>(
        'GET',
        `/admin/decisions/${encodeURIComponent(decision)}`,
        undefined,
        {
          signal,
        },
      )
      if (outcome !== null) return outcome.cost === null ? null : outcome.cost / 1e6
    } catch {
      // Not written yet: it is asked for again.
    }
  }
  return null
}

/** @throws CallError */
export const rated = (decision: string, rating: 'up' | 'down', key: string): Promise<unknown> =>
  send('POST', '/v1/feedback', { decision, rating, author: 'playground' }, { bearer: bearerOf(key) })
