import type { Clock } from '../domain/transport.ts'
import type { Store } from '../storage/store.ts'

/** Exchanges that clients may come back to by id: what they hold is the wire format's affair. */
export type Replies = {
  readonly keep: (reply: {
    readonly id: string
    readonly previous: string | null
    /** The key that it was made with: another one's holder does not find it. `null`: no key was needed. */
    readonly owner: string | null
    readonly text: string
  }) => Promise<void>
  /** `null`: it was never kept for this owner, was forgotten, or has expired. */
  readonly find: (id: string, owner: string | null) => Promise<string | null>
  /** False: there was none. */
  readonly forget: (id: string, owner: string | null) => Promise<boolean>
}

export type RepliesRules = {
  /** `false`: nothing is kept, whatever clients ask for. */
  readonly keep: boolean
  readonly days: number
}

const dayMs = 24 * 60 * 60 * 1000
/** How often what has expired is looked for. */
const sweepMs = 60 * 60 * 1000

type ReplyStore = Pick<Store, 'keepReply' | 'keptReply' | 'forgetReply' | 'forgetExpired'>

/** `rules` are asked for each time: a reload may change them. */
export function createReplies(store: ReplyStore, clock: Clock, rules: () => RepliesRules): Replies {
  let sweptAt = Number.NEGATIVE_INFINITY
  const sweep = (): void => {
    if (clock.now() - sweptAt < sweepMs) return
    sweptAt = clock.now()
    // What can't be deleted now is tried again with the next sweep, and is not handed out meanwhile.
    void store.forgetExpired(clock.wall()).catch(() => {})
  }
  return {
    keep: async ({ id, previous, owner, text }) => {
      const { keep, days } = rules()
      if (!keep) return
      sweep()
      const now = clock.wall()
      const expiresAt = new Date(now.getTime() + days * dayMs).toISOString()
      const keptAt = now.toISOString()
      await store.keepReply({ id: nameOf(id, owner), previous, keptAt, expiresAt, text })
    },
    find: async (id, owner) => (await store.keptReply(nameOf(id, owner), clock.wall()))?.text ?? null,
    forget: (id, owner) => store.forgetReply(nameOf(id, owner)),
  }
}

/** Ids have no space in them. */
const nameOf = (id: string, owner: string | null): string => (owner === null ? id : `${owner} ${id}`)
