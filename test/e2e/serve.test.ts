import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../support/a-folder.ts'
import { run, serve, writeConfig } from '../support/a-process.ts'

const story = [{ role: 'user' as const, content: 'What is 17 * 23?' }]

/** Slow enough that a signal comes in the middle of the answer. */
const slow = (shutdownGraceMs: number) => ({ simulated: { pace: 4 }, server: { shutdownGraceMs } })

async function streaming(config: object) {
  const serving = await serve({ config })
  const client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const stream = await client.chat.completions.create({
    model: 'simulated/nano',
    messages: story,
    stream: true,
  })
  const chunks = stream[Symbol.asyncIterator]()
  await chunks.next()
  return { ...serving, chunks }
}

/** Reads on to the end, or to the error that the stream ends with. */
async function rest(chunks: AsyncIterator<OpenAI.ChatCompletionChunk>) {
  let finish: string | null = null
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next())
      finish = next.value.choices[0]?.finish_reason ?? finish
    return { finish, error: null }
  } catch (error) {
    return { finish, error: error as { code?: string } }
  }
}

describe('a signal to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '(%s) while nothing is asked ends the process',
    async (signal) => {
      const { process: child, ended } = await serve()
      child.kill(signal)
      expect(await ended).toMatchObject({ code: 0, stderr: '' })
    },
  )

  test('in the middle of a stream lets it end, and its decision is on record', async () => {
    const { process: child, ended, chunks, decisions } = await streaming(slow(60_000))
    child.kill('SIGTERM')
    expect(await rest(chunks)).toEqual({ finish: 'stop', error: null })
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(await decisions()).toMatchObject([
      { decision: { chosen: 'simulated/nano' }, outcome: { status: 'answered', model: 'simulated/nano' } },
    ])
  })

  test('refuses what comes after it, while a stream is let end', async () => {
    const { process: child, ended, chunks, url, says } = await streaming(slow(60_000))
    child.kill('SIGTERM')
    await says(/stopping/)
    // A connection that is not opened any more is refused as well.
    const isRefused = (path: string, init?: RequestInit) =>
      fetch(`${url}${path}`, init).then(
        ({ status }) => status === 503,
        () => true,
      )
    const body = JSON.stringify({ model: 'simulated/nano', messages: story })
    const headers = { 'content-type': 'application/json' }
    expect(await isRefused('/readyz')).toBe(true)
    expect(await isRefused('/v1/chat/completions', { method: 'POST', headers, body })).toBe(true)
    expect(await rest(chunks)).toEqual({ finish: 'stop', error: null })
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('cuts the stream when its grace is over, tells the client, and loses no decision', async () => {
    const { process: child, ended, chunks, decisions } = await streaming(slow(0))
    child.kill('SIGTERM')
    const { finish, error } = await rest(chunks)
    expect(finish).toBeNull()
    expect(error).toMatchObject({ code: 'shutting_down' })
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    const [{ decision, outcome } = {}, ...others] = await decisions()
    expect(others).toEqual([])
    expect(decision?.chosen).toBe('simulated/nano')
    expect(outcome).toMatchObject({ status: 'failed', failure: 'overloaded' })
    expect(outcome?.attempts).toHaveLength(1)
    expect(outcome?.cost).toBeGreaterThan(0)
  })

  test('given twice cuts the stream at once, and its decision is on record all the same', async () => {
    const { process: child, ended, chunks, decisions, says } = await streaming(slow(600_000))
    child.kill('SIGTERM')
    await says(/stopping/)
    // Signals within moments of each other count as one: npm passes a terminal's Ctrl-C on.
    await setTimeout(1000)
    child.kill('SIGINT')
    expect(await rest(chunks)).toMatchObject({ finish: null, error: { code: 'shutting_down' } })
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(await decisions()).toMatchObject([{ outcome: { status: 'failed', failure: 'overloaded' } }])
  })

  test('loses no decision of many that had just been made', async () => {
    const { url, process: child, ended, decisions } = await serve({ config: { simulated: { pace: 0 } } })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        client.chat.completions.create({
          model: 'auto',
          messages: [{ role: 'user', content: `What is ${index} + 1?` }],
        }),
      ),
    )
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    const stored = await decisions()
    expect(stored).toHaveLength(30)
    expect(stored.every(({ outcome }) => outcome?.status === 'answered')).toBe(true)
  })
})

describe('npm start', () => {
  test('ends with the program that it started', async () => {
    const folder = aFolder()
    writeConfig(folder, {})
    const root = join(import.meta.dirname, '..', '..')
    const npm = spawn('npm', ['start', '--', '--port', '0', '--config', join(folder, 'fairlead.yaml')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void npm.kill('SIGKILL'))
    let printed = ''
    for (const output of [npm.stdout, npm.stderr])
      output.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    await expect.poll(() => printed, { timeout: 60_000 }).toMatch(/serves on http:\S+\n/)
    const [, url = ''] = /serves on (http:\S+)/.exec(printed) ?? []
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    npm.kill('SIGTERM')
    const isUp = () =>
      fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      )
    await expect.poll(isUp, { timeout: 20_000 }).toBe(false)
    // Nothing between npm's own two lines and the first of the program: no notice of a build tool.
    expect(printed).toMatch(/bin\/fairlead\.js serve .*\n\nFairlead serves on /)
  })
})

describe('what keeps it from starting', () => {
  test('a port in use', async () => {
    const { url } = await serve()
    const { port } = new URL(url)
    const second = await run(aFolder(), ['serve', '--port', port])
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr.trim()).toBe(
      `Port ${port} is in use. Stop what runs there, or choose another with --port or server.port.`,
    )
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('a port that is none', async () => {
    const { code, stderr } = await run(aFolder(), ['serve', '--port', '99999'])
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 1,
      stderr: '--port 99999 is not a port. Write a number from 0 to 65535.',
    })
  })

  test('a configuration with three faults, told all at once with their lines', async () => {
    const folder = aFolder()
    const faulty = 'server: {prot: 1}\npolicies:\n  auto: {quality: 95}\n  two: {pool: [openai/gtp-5]}\n'
    writeFileSync(join(folder, 'fairlead.yaml'), faulty)
    const { code, stdout, stderr } = await run(folder, ['serve', '--port', '0'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const lines = stderr.trim().split('\n')
    expect(lines[0]).toBe('fairlead.yaml:1:10 server.prot: is not a known key. Did you mean "port"?')
    expect(lines[1]).toBe('fairlead.yaml:3:19 policies.auto.quality: 95 is above 1. Write 0.95.')
    expect(lines[2]).toMatch(/^fairlead\.yaml:4:\d+ policies\.two\.pool\[0\]: .*openai\/gtp-5/)
    expect(lines[3]).toBe('3 faults in fairlead.yaml.')
  })

  test('a key that the configuration names and the environment lacks', async () => {
    const folder = aFolder()
    writeConfig(folder, { vendors: { openai: { apiKey: 'env:MY_KEY' } } })
    const { code, stderr } = await run(folder, ['serve', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('the environment variable MY_KEY is not set')
  })

  test('a decision log that is no database', async () => {
    const folder = aFolder()
    writeFileSync(join(folder, 'log.db'), 'this is not SQLite, and never was'.repeat(100))
    writeConfig(folder, { log: { path: 'log.db' } })
    const { code, stderr } = await run(folder, ['serve', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('log.db')
    expect(stderr).not.toContain('    at ')
    expect(stderr.split('Move it away')).toHaveLength(2)
  })

  test('an artefact that is not there, and every command that needs it says so', async () => {
    const folder = aFolder()
    writeConfig(folder, { artefact: 'mine.fairlead' })
    for (const args of [['serve', '--port', '0'], ['check'], ['route', 'Hello']]) {
      const { code, stdout, stderr } = await run(folder, args)
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' })
      expect(stderr).toMatch(/^The artefact .*mine\.fairlead can't be read \(ENOENT\)\. .*\n$/)
    }
  })

  test('an artefact that is none', async () => {
    const folder = aFolder()
    writeFileSync(join(folder, 'mine.fairlead'), 'nothing')
    writeConfig(folder, { artefact: 'mine.fairlead' })
    const { code, stderr } = await run(folder, ['serve', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('mine.fairlead')
    expect(stderr).not.toContain('    at ')
  })
})

describe('what it says when it starts', () => {
  test('where it serves, what it found, where decisions go, and what to try', async () => {
    const { ended, url, process: child, folder } = await serve()
    child.kill('SIGTERM')
    const { stdout } = await ended
    expect(stdout).toContain(`Fairlead serves on ${url}`)
    expect(stdout).toContain('no key found: using simulated models (4 models)')
    expect(stdout).toContain(`decisions: ${join(folder, '.fairlead', 'fairlead.db')}`)
    expect(stdout).toContain(`curl -i ${url}/v1/chat/completions`)
  })

  test('which keys it found, and none of them', async () => {
    const key = 'sk-of-the-tests-0123456789abcdef'
    const { ended, process: child } = await serve({ variables: { OPENAI_API_KEY: key } })
    child.kill('SIGTERM')
    const { stdout, stderr } = await ended
    expect(stdout).toMatch(/OPENAI_API_KEY found: \d+ models of OpenAI/)
    expect(stdout + stderr).not.toContain(key)
  })
})
