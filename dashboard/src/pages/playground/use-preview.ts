import { useEffect, useState } from 'react'
import type { Decision } from '../../../../src/domain/decision.ts'
import { type ApiError, errorFrom } from '../../api/client.ts'
import { routed } from './ask.ts'

export type Preview =
  | { readonly state: 'idle' }
  /** `decision`: of the prompt as it was before, while the next one is awaited. */
  | { readonly state: 'asking' | 'ready'; readonly decision: Decision | null }
  | { readonly state: 'failed'; readonly error: ApiError }

/** So long nobody has typed when it is asked. */
const quietMs = 200

/** What would be chosen for the prompt as it stands; an older question is given up as soon as there is a newer one. */
export function usePreview(model: string, prompt: string, key: string): Preview {
  const [preview, setPreview] = useState<Preview>({ state: 'idle' })
  useEffect(() => {
    if (prompt.trim() === '') {
      setPreview({ state: 'idle' })
      return
    }
    const leaving = new AbortController()
    const timer = setTimeout(() => {
      setPreview((before) => ({ state: 'asking', decision: 'decision' in before ? before.decision : null }))
      routed(model, prompt, { key, signal: leaving.signal }).then(
        (decision) => setPreview({ state: 'ready', decision }),
        (thrown: unknown) => {
          if (!leaving.signal.aborted) setPreview({ state: 'failed', error: errorFrom(thrown) })
        },
      )
    }, quietMs)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [model, prompt, key])
  return preview
}
