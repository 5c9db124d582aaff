/** The texts that policies compare requests with, read by the configured encoder before the first request comes. */

import type { Failure } from '../domain/failure.ts'
import type { TextEmbedder } from '../domain/strategy.ts'
import type { SentenceEncoder } from '../domain/text-model.ts'

export type PolicyTexts = {
  /** Looks up what was read; nothing is read by it. Another one as soon as more has been read: what was prepared with one holds for it. */
  readonly embedder: () => TextEmbedder
  /** What is said of a policy that has texts without a vector; `null`: it has none. */
  readonly warningOf: (texts: readonly string[]) => string | null
  /** The encoder has just answered: what it could not read before is tried again, now and then. Nobody waits for it. */
  readonly retry: (nowMs: number) => void
}

export type ReadingLimits = {
  /** How many are read by one call. */
  readonly textsPerCall: number
  readonly callMs: number
  /** For all of them: a gateway must open, whatever becomes of its encoder. */
  readonly allMs: number
  readonly retryAfterMs: number
}

const defaultLimits: ReadingLimits = {
  textsPerCall: 64,
  callMs: 10_000,
  allMs: 30_000,
  retryAfterMs: 30_000,
}

type Vectors = ReadonlyMap<string, Float32Array>

/** Never fails: texts that could not be read have no vector until they are tried again. */
export async function readPolicyTexts(
  encoder: SentenceEncoder,
  texts: readonly string[],
  nowMs: number,
  limits: ReadingLimits = defaultLimits,
): Promise<PolicyTexts> {
  const wanted = [...new Set(texts)]
  let { vectors, why } = await readAll(encoder, wanted, limits)
  let embedder = lookUp(encoder.id, vectors)
  let triedAt = nowMs
  let trying = false
  const again = async (): Promise<void> => {
    const missing = wanted.filter((text) => !vectors.has(text))
    const more = await readAll(encoder, missing, limits)
    why = more.why
    if (more.vectors.size > 0) {
      vectors = new Map([...vectors, ...more.vectors])
      embedder = lookUp(encoder.id, vectors)
    }
    trying = false
  }
  return {
    embedder: () => embedder,
    warningOf: (own) => {
      if (why === null) return null
      const missing = own.filter((text) => !vectors.has(text)).length
      return missing === 0
        ? null
        : `encoder: ${missing} of the ${own.length} texts of the policy could not be read: ${why.message}`
    },
    retry: (now) => {
      if (why === null || trying || now - triedAt < limits.retryAfterMs) return
      triedAt = now
      trying = true
      void again()
    },
  }
}

const lookUp = (id: string, vectors: Vectors): TextEmbedder => ({
  id,
  vectorOf: (text) => vectors.get(text) ?? null,
})

/** `why`: what the first text that could not be read failed of. */
async function readAll(
  encoder: SentenceEncoder,
  wanted: readonly string[],
  { textsPerCall, callMs, allMs }: ReadingLimits,
): Promise<{ readonly vectors: Vectors; readonly why: Failure | null }> {
  const vectors = new Map<string, Float32Array>()
  const all = AbortSignal.timeout(allMs)
  let why: Failure | null = null
  const read = async (some: readonly string[]): Promise<Failure | null> => {
    const results = await encoder.read(some, AbortSignal.any([all, AbortSignal.timeout(callMs)]))
    if (results.kind === 'failed') return results.failure
    for (const [index, text] of some.entries()) vectors.set(text, results.values[index]!)
    return null
  }
  for (let from = 0; from < wanted.length; from += textsPerCall) {
    const some = wanted.slice(from, from + textsPerCall)
    const failed = await read(some)
    if (failed === null) continue
    why ??= failed
    // What did not answer once in time would not for the others.
    if (failed.kind === 'timed-out' || all.aborted) break
    // One text that the encoder refuses must not cost the others theirs.
    if (failed.kind === 'rejected' && some.length > 1) for (const text of some) await read([text])
  }
  return { vectors, why }
}
