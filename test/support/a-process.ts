/** The `fairlead` command as its users run it: a process of its own, in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { aFolder } from './a-folder.ts'
import { readDecisions } from './a-gateway.ts'

const command = join(import.meta.dirname, '..', '..', 'bin', 'fairlead.js')

export type Ended = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Running = {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with what the pattern finds on standard output; rejects where the process ends without it. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
}

/** `variables` is all that the process finds of keys: those of the machine are kept from it. */
export function start(
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Running {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { PATH, HOME, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const listen of listeners) listen()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(stdout)
        if (found === null) return
        listeners.delete(look)
        resolve(found)
      }
      listeners.add(look)
      look()
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`)))
    })
  return { process: child, ended, says }
}

/** Runs a command to its end. */
export const run = (
  folder: string,
  args: readonly string[],
  variables?: Readonly<Record<string, string>>,
): Promise<Ended> => start(folder, args, variables).ended

export type Serving = Running & {
  readonly folder: string
  readonly url: string
  readonly decisions: () => ReturnType<typeof readDecisions>
}

/** `fairlead serve` on a free port. Without a configuration there is no file in its folder. */
export async function serve(
  options: {
    readonly config?: object
    readonly args?: readonly string[]
    readonly variables?: Readonly<Record<string, string>>
  } = {},
): Promise<Serving> {
  const folder = aFolder()
  if (options.config) writeConfig(folder, options.config)
  const running = start(folder, ['serve', '--port', '0', ...(options.args ?? [])], options.variables)
  const [, url = ''] = await running.says(/serves on (http:\S+)/)
  return {
    ...running,
    folder,
    url,
    decisions: () => readDecisions(join(folder, '.fairlead', 'fairlead.db')),
  }
}

/** JSON is YAML too. */
export const writeConfig = (folder: string, config: object): void =>
  writeFileSync(join(folder, 'fairlead.yaml'), JSON.stringify(config))
