/** A form over something that others may change as well: what is sent, and what becomes of it when they were first. */

import { type FormEvent, useState } from 'react'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { changedBody, type Faults, type GroupDraft, type KeyDraft, rebased } from './draft.ts'

type Versioned = { readonly id: string; readonly version: string }

export type ChangeTerms<Shown extends Versioned, Draft> = {
  /** As it was when the form was opened. */
  readonly shown: Shown
  readonly draftOf: (shown: Shown) => Draft
  /** Where it is changed. */
  readonly path: string
  /** As it is now. */
  readonly load: () => Promise<Shown>
  readonly onChanged: () => void
  readonly onClose: () => void
}

export type Change = {
  readonly faults: Faults
  readonly error: ApiError | null
  /** Fields that another has changed while this form was open; `null`: nobody has changed anything. */
  readonly theirs: readonly (keyof KeyDraft | keyof GroupDraft)[] | null
  readonly busy: boolean
  readonly save: (event: FormEvent) => void
}

export function useChange<Shown extends Versioned, Draft extends KeyDraft | GroupDraft>({
  shown,
  draftOf,
  path,
  load,
  onChanged,
  onClose,
}: ChangeTerms<Shown, Draft>) {
  const [base, setBase] = useState(shown)
  const [draft, setDraft] = useState(() => draftOf(shown))
  const [faults, setFaults] = useState<Faults>({})
  const [error, setError] = useState<ApiError | null>(null)
  const [theirs, setTheirs] = useState<readonly (keyof Draft)[] | null>(null)
  const [busy, setBusy] = useState(false)

  const catchUp = async () => {
    const now = await load()
    const [before, after] = [draftOf(base), draftOf(now)]
    setBase(now)
    // Somebody may have gone on writing meanwhile.
    setDraft((current) => rebased(current, before, after).draft)
    setTheirs(rebased(draft, before, after).theirs)
    onChanged()
  }
  const write = async (body: object) => {
    try {
      await send('PATCH', path, body)
    } catch (thrown) {
      const problem = errorFrom(thrown)
      if (problem.code !== 'changed_meanwhile') throw thrown
      await catchUp()
      return
    }
    onChanged()
    onClose()
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const read = changedBody(draft, draftOf(base), base.version)
    setFaults(read.kind === 'faults' ? read.faults : {})
    if (read.kind === 'faults') return
    if (read.kind === 'same') return onClose()
    setBusy(true)
    setError(null)
    setTheirs(null)
    try {
      await write(read.body)
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }))
  return { base, draft, set, faults, error, theirs, busy, save }
}
