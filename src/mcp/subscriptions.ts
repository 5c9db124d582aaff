/** Which clients want to hear of which resources of one server. The server is told once, however many they are. */

import type { Asked } from './asked.ts'
import { failedWith } from './asked.ts'
import type { Party } from './party.ts'

export type Subscriptions = {
  readonly add: (party: Party, uri: string) => Promise<Asked>
  readonly remove: (party: Party, uri: string) => Promise<Asked>
  readonly subscribers: (uri: string) => readonly Party[]
  readonly leave: (party: Party) => void
  /** The server began anew and knows of none. */
  readonly renew: () => void
}

/** Of one server, over all clients. */
const maxUris = 10_000
const done: Asked = { kind: 'result', result: {} }

export function createSubscriptions(
  server: string,
  ask: (method: 'resources/subscribe' | 'resources/unsubscribe', uri: string) => Promise<Asked>,
): Subscriptions {
  /** Those that the server has agreed to; one that is being asked for is not asked for again. */
  const confirmed = new Set<string>()
  const byUri = new Map<string, { readonly parties: Set<Party>; readonly asked: Promise<Asked> }>()
  const remove = async (party: Party, uri: string): Promise<Asked> => {
    const known = byUri.get(uri)
    if (!known?.parties.delete(party) || known.parties.size > 0) return done
    byUri.delete(uri)
    confirmed.delete(uri)
    return ask('resources/unsubscribe', uri)
  }
  return {
    add: (party, uri) => {
      const known = byUri.get(uri)
      if (known !== undefined) {
        known.parties.add(party)
        return known.asked
      }
      if (byUri.size >= maxUris)
        return Promise.resolve(
          failedWith(
            'overloaded',
            `${maxUris} resources of the MCP server ${server} are subscribed to, and no more can be.`,
          ),
        )
      const asked = ask('resources/subscribe', uri).then((answer) => {
        if (answer.kind === 'result') confirmed.add(uri)
        else byUri.delete(uri)
        return answer
      })
      byUri.set(uri, { parties: new Set([party]), asked })
      return asked
    },
    remove,
    subscribers: (uri) => [...(byUri.get(uri)?.parties ?? [])],
    leave: (party) => {
      for (const [uri, { parties }] of byUri) if (parties.has(party)) void remove(party, uri)
    },
    renew: () => {
      for (const uri of confirmed) void ask('resources/subscribe', uri)
    },
  }
}
