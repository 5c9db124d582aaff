/** Processes of a comparison: each on a core of its own, and what it has used so far. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Started = {
  readonly child: ChildProcess
  readonly pid: number
  /** SIGTERM, and after ten seconds SIGKILL. */
  readonly stop: () => Promise<void>
}

export type StartOptions = {
  /** As `taskset -c` names it; `null`: bound to none. */
  readonly core: string | null
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly messages?: boolean
}

/** With messages the child can be told things; its standard error is passed on. */
export function start(command: string, args: readonly string[], options: StartOptions): Started {
  const { core, cwd, env = {}, messages = false } = options
  const { PATH = '', HOME = '' } = process.env
  const [file, ...rest] = core === null ? [command, ...args] : ['taskset', '-c', core, command, ...args]
  const child = spawn(file!, rest, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...(messages ? (['ipc'] as const) : [])],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  child.stdout?.resume()
  return {
    child,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(timer)
    },
  }
}

/** A process of this folder, in TypeScript. */
export const startOwn = (file: string, core: string | null): Started =>
  start(process.execPath, ['--import', 'tsx', join(import.meta.dirname, file)], { core, messages: true })

/** Sends a message, or none, and waits for the next one that comes. Rejects where the process ends first. */
export async function ask<Answer>({ child }: Started, message: object | null): Promise<Answer> {
  const ending = new AbortController()
  const { signal } = ending
  const answer = once(child, 'message', { signal })
  const end = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${code}`)
  })
  if (message !== null) child.send(message)
  try {
    const [found] = await Promise.race([answer, end])
    return found as Answer
  } finally {
    ending.abort()
    await Promise.allSettled([answer, end])
  }
}

/** Resolves with what the pattern finds on standard output. */
export function says({ child }: Started, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    const listen = (chunk: Buffer): void => {
      text += chunk.toString()
      const found = pattern.exec(text)
      if (found === null) return
      child.stdout?.off('data', listen)
      child.stdout?.resume()
      resolve(found)
    }
    child.stdout?.on('data', listen)
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`ended with ${code} before it served: ${text}`)))
  })
}

/** Every core that this process may use. */
export function coresAllowed(): readonly string[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readOrEmpty('/proc/self/status'))?.[1] ?? ''
  return list
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
    })
}

const ticksPerSecond = 100

/** Seconds of processor that all threads have used so far, user and system; NaN where the system does not tell. */
export function cpuSeconds(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  // The name, in brackets, may hold spaces; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Megabytes in memory now; NaN where the system does not tell. */
export function residentMegabytes(pid: number): number {
  const found = /^VmRSS:\s*(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`))
  return Number(found?.[1] ?? Number.NaN) / 1024
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
