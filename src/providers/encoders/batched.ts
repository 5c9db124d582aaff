import { failure } from '../../domain/failure.ts'
import type { TextModel, TextResults } from '../../domain/text-model.ts'

export type BatchLimits = {
  /** How long a text waits for others to go with it. */
  readonly waitMs: number
  readonly maxTexts: number
  readonly maxChars: number
  /** Calls under way at once. */
  readonly maxCalls: number
  /** Texts that wait; more are refused at once. */
  readonly maxWaiting: number
}

type Waiting<Value> = {
  readonly text: string
  readonly signal: AbortSignal
  readonly settle: (result: Settled<Value>) => void
}

type Settled<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | Extract<TextResults<Value>, { kind: 'failed' }>

/**
 * Texts that are asked for within a moment go to the model together. One whose asker has gone before its turn is dropped; a
 * call under way runs to its end.
 */
export function batched<Value>(model: TextModel<Value>, limits: BatchLimits): TextModel<Value> {
  const waiting: Waiting<Value>[] = []
  const calls = new Set<Promise<void>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | null = null

  const start = () => {
    timer = null
    while (calls.size < limits.maxCalls) {
      const batch = takeBatch(waiting, limits)
      if (batch.length === 0) return
      const call = readBatch(model, batch, closing.signal).finally(() => {
        calls.delete(call)
        start()
      })
      calls.add(call)
    }
  }

  const readOne = (text: string, signal: AbortSignal) =>
    new Promise<Settled<Value>>((settle) => {
      waiting.push({ text, signal, settle })
      if (waiting.length >= limits.maxTexts && timer !== null) {
        clearTimeout(timer)
        start()
      } else timer ??= setTimeout(start, limits.waitMs)
    })

  return {
    id: model.id,
    read: async (texts, signal) => {
      if (closing.signal.aborted) return closed
      if (waiting.length + texts.length > limits.maxWaiting) return tooMany(limits.maxWaiting)
      return joined(await Promise.all(texts.map((text) => readOne(text, signal))))
    },
    close: async () => {
      closing.abort()
      if (timer !== null) clearTimeout(timer)
      for (const { settle } of waiting.splice(0)) settle(closed)
      await Promise.all(calls)
      await model.close()
    },
  }
}

const closed = {
  kind: 'failed',
  failure: failure('cancelled', 'the gateway is shutting down'),
} as const

const abandoned = { kind: 'failed', failure: failure('cancelled', 'nobody waits for it any more') } as const

const tooMany = (limit: number) =>
  ({
    kind: 'failed',
    failure: failure('overloaded', `${limit} texts wait for the model already. Use a faster one.`),
  }) as const

function takeBatch<Value>(waiting: Waiting<Value>[], { maxTexts, maxChars }: BatchLimits): Waiting<Value>[] {
  const batch: Waiting<Value>[] = []
  let chars = 0
  while (batch.length < maxTexts) {
    const next = waiting[0]
    if (!next) break
    if (next.signal.aborted) {
      waiting.shift()
      next.settle(abandoned)
      continue
    }
    chars += next.text.length
    if (chars > maxChars && batch.length > 0) break
    waiting.shift()
    batch.push(next)
  }
  return batch
}

async function readBatch<Value>(
  model: TextModel<Value>,
  batch: readonly Waiting<Value>[],
  signal: AbortSignal,
): Promise<void> {
  const results = await model.read(
    batch.map(({ text }) => text),
    signal,
  )
  for (const [index, { settle }] of batch.entries())
    settle(results.kind === 'failed' ? results : { kind: 'read', value: results.values[index]! })
}

function joined<Value>(settled: readonly Settled<Value>[]): TextResults<Value> {
  const values: Value[] = []
  for (const one of settled) {
    if (one.kind === 'failed') return one
    values.push(one.value)
  }
  return { kind: 'read', values }
}
