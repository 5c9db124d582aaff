import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Absent, Contender, Surroundings } from './contender.ts'
import { aFreePort, untilServing } from './ports.ts'
import { start } from './process.ts'

const packageName = '@portkey-ai/gateway'

/**
 * Portkey's gateway as npm has it, put into `installFolder` if it is not there: it is no dependency of this project. It
 * takes part without streams: a stream that is cut short ends there like a whole one, so the two are not the same work.
 */
export async function startPortkey(
  installFolder: string,
  { upstream, core }: Surroundings,
): Promise<Contender | Absent> {
  const folder = join(installFolder, 'node_modules', packageName)
  const problem = existsSync(folder) ? null : await install(installFolder)
  if (problem !== null)
    return { name: 'portkey', absent: `npm could not install ${packageName} (${problem})` }
  const origin = { host: '127.0.0.1', port: await aFreePort() }
  const args = [join(folder, 'build', 'start-server.js'), `--port=${origin.port}`, '--headless']
  const { pid, stop } = start(process.execPath, args, { core, env: { NODE_ENV: 'production' } })
  await untilServing(origin)
  return {
    name: 'portkey',
    version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version,
    origin,
    headers: {
      authorization: 'Bearer key-of-the-bench-0123456789',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://${upstream.host}:${upstream.port}/v1`,
    },
    model: 'gpt-4o-mini',
    pid,
    streams: false,
    stop,
  }
}

async function install(folder: string): Promise<string | null> {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  try {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', packageName]
    await promisify(execFile)('npm', args, { cwd: folder, timeout: 180_000 })
    return null
  } catch (error) {
    return String((error as Error).message.split('\n')[0])
  }
}
