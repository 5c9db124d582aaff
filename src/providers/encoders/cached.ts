import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { failure } from '../../domain/failure.ts'
import type { TextModel, TextResults } from '../../domain/text-model.ts'

export type CacheOptions<Value extends object> = {
  readonly maxBytes: number
  readonly bytesOf: (value: Value) => number
}

/** One text under way, and how many wait for it. */
type UnderWay<Value> = {
  readonly result: Promise<TextResults<Value>>
  readonly nobodyWaits: AbortController
  waiters: number
}

/** What an entry takes beside its value: the key, the list of the cache. */
const entryBytes = 250

/**
 * Remembers what the model made of texts, by their hash, and asks once for a text that several want at the same time. A result
 * that comes after its askers have gone is remembered too; a failure is not.
 */
export function cached<Value extends object>(
  model: TextModel<Value>,
  { maxBytes, bytesOf }: CacheOptions<Value>,
): TextModel<Value> {
  const known =
    maxBytes > 0
      ? new LRUCache<string, Value>({
          maxSize: maxBytes,
          sizeCalculation: (value) => entryBytes + bytesOf(value),
        })
      : null
  // Bounded by the texts that the model takes on at once.
  const underWay = new Map<string, UnderWay<Value>>()

  const begin = (key: string, text: string): UnderWay<Value> => {
    const nobodyWaits = new AbortController()
    const begun: UnderWay<Value> = {
      result: model.read([text], nobodyWaits.signal).then((results) => {
        // One that was abandoned may have been begun again.
        if (underWay.get(key) === begun) underWay.delete(key)
        if (results.kind === 'read') known?.set(key, results.values[0]!)
        return results
      }),
      nobodyWaits,
      waiters: 0,
    }
    underWay.set(key, begun)
    return begun
  }

  const readOne = async (text: string, signal: AbortSignal): Promise<TextResults<Value>> => {
    const key = createHash('sha256').update(`${model.id}\n${text}`).digest('base64')
    const value = known?.get(key)
    if (value !== undefined) return { kind: 'read', values: [value] }
    const joined = underWay.get(key)
    const awaited = joined && !joined.nobodyWaits.signal.aborted ? joined : begin(key, text)
    awaited.waiters++
    const result = await untilAborted(awaited.result, signal)
    awaited.waiters--
    if (awaited.waiters === 0) awaited.nobodyWaits.abort()
    return result
  }

  return {
    id: model.id,
    read: async (texts, signal) => {
      const values: Value[] = []
      for (const result of await Promise.all(texts.map((text) => readOne(text, signal)))) {
        if (result.kind === 'failed') return result
        values.push(result.values[0]!)
      }
      return { kind: 'read', values }
    },
    close: async () => {
      await model.close()
      known?.clear()
    },
  }
}

/** The result, or a failure as soon as the signal is aborted. */
function untilAborted<Value>(
  result: Promise<TextResults<Value>>,
  signal: AbortSignal,
): Promise<TextResults<Value>> {
  if (signal.aborted) return Promise.resolve(tooLate(signal))
  return new Promise((resolve) => {
    const onAbort = () => resolve(tooLate(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    void result.then((value) => {
      signal.removeEventListener('abort', onAbort)
      resolve(value)
    })
  })
}

const tooLate = ({ reason }: AbortSignal): TextResults<never> => ({
  kind: 'failed',
  failure:
    reason instanceof DOMException && reason.name === 'TimeoutError'
      ? failure('timed-out', 'it did not answer within its time limit')
      : failure('cancelled', 'the request was cancelled'),
})
