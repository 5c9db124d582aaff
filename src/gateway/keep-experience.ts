/** What was learnt of targets outlives the process: it is written to the store now and then and at the end, and read at the start. */

import { z } from 'zod'
import type { Clock } from '../domain/transport.ts'
import type { Store } from '../storage/store.ts'
import type { Experience } from './experience.ts'
import { holdsSecret } from './share-breakers.ts'

export type KeptExperience = {
  /** Writes what there is, for the last time. */
  readonly close: () => Promise<void>
}

const saveEveryMs = 5_000

/** One kind of what is learnt, as text. */
type Kind = {
  readonly name: string
  /** Ages and times left are told from `now`. */
  readonly write: (now: number) => unknown
  /** What it was `elapsedMs` ago. Another version of Fairlead may have written it. */
  readonly read: (saved: unknown, elapsedMs: number) => void
}

type StateStore = Pick<Store, 'saveState' | 'savedState'>

export async function keepExperience(
  experience: Experience,
  store: StateStore,
  clock: Clock,
  everyMs: number = saveEveryMs,
): Promise<KeptExperience> {
  const kinds = kindsOf(experience, clock)
  for (const kind of kinds) await restore(kind, store, clock)
  // Told from one and the same moment, it is the same text until something changes.
  const textNow = ({ write }: Kind): string => JSON.stringify(write(0))
  const saved = new Map(kinds.map((kind) => [kind.name, textNow(kind)]))
  const save = async (): Promise<void> => {
    for (const kind of kinds) {
      const text = textNow(kind)
      if (saved.get(kind.name) === text) continue
      const state = { savedAt: clock.wall().toISOString(), text: JSON.stringify(kind.write(clock.now())) }
      if (await succeeds(store.saveState(kind.name, state))) saved.set(kind.name, text)
    }
  }
  let saving: Promise<void> | null = null
  const timer = setInterval(() => {
    saving ??= save().finally(() => {
      saving = null
    })
  }, everyMs)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      await saving
      await save()
    },
  }
}

async function restore({ name, read }: Kind, store: StateStore, clock: Clock): Promise<void> {
  let elapsedMs = 0
  let saved: unknown
  try {
    const state = await store.savedState(name)
    if (state === null) return
    elapsedMs = clock.wall().getTime() - Date.parse(state.savedAt)
    saved = JSON.parse(state.text)
  } catch {
    // To begin with nothing learnt is what every first start does.
    return
  }
  // A wall clock that was set back meanwhile says nothing of how long it was.
  if (!Number.isNaN(elapsedMs)) read(saved, Math.max(0, elapsedMs))
}

/** The decision log writes to the same store, and tells the operator what is wrong with it. */
const succeeds = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

const savedBreakers = z.object({
  breakers: z.array(z.object({ name: z.string(), openForMs: z.number(), openings: z.number() })),
})
const savedWindows = z.array(z.object({ model: z.string(), tokens: z.number(), ageMs: z.number() }))

function kindsOf({ health, windows }: Experience, clock: Clock): readonly Kind[] {
  return [
    {
      name: 'breakers',
      write: (now) => ({ breakers: health.snapshot(now).breakers.filter(({ name }) => !holdsSecret(name)) }),
      read: (saved, elapsedMs) => {
        const { data } = savedBreakers.safeParse(saved)
        if (data) health.restore(data, clock.now(), elapsedMs)
      },
    },
    {
      name: 'windows',
      write: windows.snapshot,
      read: (saved, elapsedMs) => {
        const { data } = savedWindows.safeParse(saved)
        if (data) windows.restore(data, elapsedMs)
      },
    },
  ]
}
