/** A Redis server of its own on a free port, with an empty memory, that can be paused, killed and started anew. Debian's package `redis-server`. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'

export type RunningRedis = {
  readonly url: string
  /** Holds it still as it is: connections stay, nothing is answered. */
  readonly pause: () => void
  readonly resume: () => void
  /** As a machine that dies; all it knew is gone. */
  readonly kill: () => Promise<void>
  /** On the same port. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Stop it when the last test is through. `settings` are lines of its configuration, as arguments. */
export async function startRedis(settings: readonly string[] = []): Promise<RunningRedis> {
  const port = await aFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-redis-'))
  const url = `redis://127.0.0.1:${port}`
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  let server: ChildProcess | null = null

  const start = async (): Promise<void> => {
    const child = spawn('redis-server', [...args, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] })
    server = child
    let said = ''
    child.stdout?.on('data', (text) => {
      said += text
    })
    const failed = Promise.race([once(child, 'exit'), once(child, 'error')]).then(([why]) => {
      throw new Error(`redis-server did not start (${why}): ${said}`)
    })
    await Promise.race([untilItAnswers(url), failed])
    failed.catch(() => {})
  }
  const kill = async (): Promise<void> => {
    const child = server
    server = null
    if (!child || child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url,
    start,
    kill,
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
    stop: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** For one test. */
export async function aRedis(settings: readonly string[] = []): Promise<RunningRedis> {
  const redis = await startRedis(settings)
  onTestFinished(redis.stop)
  return redis
}

/** The one that FAIRLEAD_TEST_REDIS names, else one of its own. Tests that share it take prefixes of their own. */
export async function sharedRedis(): Promise<Pick<RunningRedis, 'url' | 'stop'>> {
  const named = process.env.FAIRLEAD_TEST_REDIS
  return named ? { url: named, stop: async () => {} } : startRedis()
}

async function untilItAnswers(url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => {})
  try {
    await client.ping()
  } finally {
    client.disconnect()
  }
}

export async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
