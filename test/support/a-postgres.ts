import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

/** A real PostgreSQL server for the tests of one file: started for it, or the one that FAIRLEAD_TEST_POSTGRES names. */
export type TestPostgres = {
  /** Makes a database, and says where it is: `postgres://…`. */
  readonly freshDatabase: () => Promise<string>
  /** Breaks every connection off and starts again, as after a crash; `null`: not with a server that is not ours. */
  readonly crashAndRestart: (() => Promise<void>) | null
  /** Ends what was started. */
  readonly stop: () => Promise<void>
}

export async function aPostgres(): Promise<TestPostgres> {
  const given = process.env.FAIRLEAD_TEST_POSTGRES
  if (given) return { freshDatabase: () => freshDatabase(given), crashAndRestart: null, stop: async () => {} }
  const cluster = await startCluster()
  return {
    freshDatabase: () => freshDatabase(cluster.url),
    crashAndRestart: () => cluster.control('restart', '-m', 'immediate'),
    stop: cluster.stop,
  }
}

async function freshDatabase(server: string): Promise<string> {
  const name = `fairlead_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.toString()
}

const user = 'fairlead'
const password = 'a+b/c@d'

async function startCluster() {
  const bin = binaries()
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-postgres-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const data = join(folder, 'data')
  const owner = ownerOf(folder)
  writeFileSync(join(folder, 'password'), password)
  if (owner) chownSync(join(folder, 'password'), owner.uid, owner.gid)
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    owner
      ? [
          'setpriv',
          [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', join(bin, program), ...args],
        ]
      : [join(bin, program), [...args]]
  const run = async (program: string, ...args: string[]) => {
    await promisify(execFile)(...as(program, args), {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
  }
  const port = await aFreePort()
  // Sorting as a language does it, in which bytes do not decide: the harder case for a store.
  const sorting = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
  const access = ['-A', 'scram-sha-256', '-U', user, `--pwfile=${join(folder, 'password')}`]
  await run('initdb', '-D', data, '--no-sync', ...sorting, ...access)
  const settings = `-p ${port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50`
  const log = join(folder, 'log')
  const control = (verb: string, ...more: string[]) =>
    run('pg_ctl', '-D', data, '-w', '-o', settings, '-l', log, verb, ...more)
  // Of a test run that is interrupted, too.
  const atExit = () => {
    spawnSync(...as('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']), { cwd: folder })
    remove()
  }
  process.once('exit', atExit)
  await control('start')
  return {
    url: `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    control,
    stop: async () => {
      process.removeListener('exit', atExit)
      await control('stop', '-m', 'immediate')
      remove()
    },
  }
}

/** PostgreSQL does not run as root: then the user `postgres`, whom its packages make, owns the folder. */
function ownerOf(folder: string): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString())
  const owner = { uid: id('-u'), gid: id('-g') }
  chownSync(folder, owner.uid, owner.gid)
  return owner
}

function binaries(): string {
  const versions = '/usr/lib/postgresql'
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : []
  const found = newest
    .map((version) => join(versions, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
  if (found) return found
  throw new Error(
    'No PostgreSQL server is installed. Install one (apt-get install postgresql), or set FAIRLEAD_TEST_POSTGRES to the URL of one.',
  )
}

function aFreePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
