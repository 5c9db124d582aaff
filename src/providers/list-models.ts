import { request } from 'undici'
import type { Vendor } from '../domain/vendor.ts'

/** A local server that runs answers at once; one that does not run must not hold up the start. */
const patienceMs = 300
const maxBytes = 1_000_000
const maxModels = 200

/** Names of the models that a vendor's server lists; empty where nothing answers in the OpenAI shape. */
export async function listModels({ baseUrl }: Vendor): Promise<readonly string[]> {
  try {
    const { statusCode, body } = await request(`${baseUrl}/models`, {
      signal: AbortSignal.timeout(patienceMs),
      headers: { accept: 'application/json' },
    })
    if (statusCode !== 200) {
      await body.dump()
      return []
    }
    const text = await body.text()
    return text.length > maxBytes ? [] : namesIn(JSON.parse(text))
  } catch {
    // Nothing listens there, or something else does: either way there is no model to be had.
    return []
  }
}

function namesIn(listing: unknown): string[] {
  const entries = (listing as { readonly data?: unknown } | null)?.data
  if (!Array.isArray(entries)) return []
  return entries
    .flatMap((entry: { readonly id?: unknown } | null) => (typeof entry?.id === 'string' ? [entry.id] : []))
    .slice(0, maxModels)
}
