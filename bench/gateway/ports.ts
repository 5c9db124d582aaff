import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Origin } from './connection.ts'

/** A port that nobody listens on now, for a program that can't choose one itself. */
export async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const longestWaitMs = 20_000

/** Resolves when the port takes connections. */
export async function untilServing({ host, port }: Origin): Promise<void> {
  const end = performance.now() + longestWaitMs
  for (;;) {
    const socket = connect({ host, port })
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
}
