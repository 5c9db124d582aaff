/** Words to the other processes, over Redis's channels. Each carries who said it: nobody is told of their own. */

import type { Link } from './link.ts'

type Listener = (text: string) => void

export function createChannels(link: Link, process: string, prefix: string) {
  const listeners = new Map<string, Set<Listener>>()
  const nameOf = (channel: string) => `${prefix}:channel:${channel}`

  const hear = (channel: string, said: string): void => {
    const space = said.indexOf(' ')
    if (said.slice(0, space) === process) return
    for (const listener of listeners.get(channel) ?? []) listener(said.slice(space + 1))
  }
  return {
    publish: (channel: string, text: string) => link.publish(nameOf(channel), `${process} ${text}`),
    subscribe: (channel: string, listener: Listener): (() => void) => {
      let all = listeners.get(channel)
      if (!all) {
        all = new Set()
        listeners.set(channel, all)
        link.listen(nameOf(channel), (said) => hear(channel, said))
      }
      all.add(listener)
      return () => {
        all.delete(listener)
        if (all.size > 0 || listeners.get(channel) !== all) return
        listeners.delete(channel)
        link.forget(nameOf(channel))
      }
    },
  }
}
