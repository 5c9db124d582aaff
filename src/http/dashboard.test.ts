import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aServer, jsonOf } from '../../test/support/a-server.ts'
import { addDashboard, type DashboardFiles, readDashboard } from './dashboard.ts'

const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'

function built(): DashboardFiles {
  const folder = aFolder()
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Fairlead</title>')
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'export {}')
  writeFileSync(join(folder, 'notes.txt'), 'not for browsers')
  return readDashboard(folder)
}

async function anApp(files: DashboardFiles): Promise<FastifyInstance> {
  const app = fastify()
  addDashboard(app, files, () => ({ name: 'fairlead' }))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'nothing' }))
  onTestFinished(() => app.close())
  return app
}

const get = (app: FastifyInstance, url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers })

describe('the dashboard', () => {
  test('is what a browser gets at /, and a program gets what it got before', async () => {
    const app = await anApp(built())
    const page = await get(app, '/', { accept: browser })
    expect(page.body).toContain('<title>Fairlead</title>')
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      vary: 'accept, accept-encoding',
    })
    expect((await get(app, '/', { accept: '*/*' })).json()).toEqual({ name: 'fairlead' })
    expect((await get(app, '/')).json()).toEqual({ name: 'fairlead' })
  })

  test('has a policy that lets in nothing but files of this server', async () => {
    const app = await anApp(built())
    const policy = String((await get(app, '/', { accept: browser })).headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/)
  })

  test.each(['/decisions', '/decisions/dec_1?x=y', '/no/such/page'])(
    '%s is for the page to know',
    async (url) => {
      const app = await anApp(built())
      const reply = await get(app, url, { accept: browser })
      expect([reply.statusCode, reply.body]).toEqual([
        200,
        expect.stringContaining('<title>Fairlead</title>'),
      ])
    },
  )

  test.each([
    '/v1/nothing',
    '/admin/nothing',
    '/mcp',
    '/metrics',
    '/assets/gone.js',
    '/notes.txt',
    '/assets/../../x',
  ])('%s is none of it', async (url) => {
    const app = await anApp(built())
    expect((await get(app, url)).statusCode).toBe(404)
    if (url !== '/notes.txt' && url !== '/assets/../../x')
      expect((await get(app, url, { accept: browser })).statusCode).toBe(404)
  })

  test('files are kept for ever, whole or gzipped as is asked', async () => {
    const app = await anApp(built())
    const plain = await get(app, '/assets/index-1a2b.js')
    expect(plain.body).toBe('export {}')
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    const zipped = await get(app, '/assets/index-1a2b.js', { 'accept-encoding': 'br, gzip' })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(zipped.rawPayload.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  })

  test('where it was not built there is nothing of it', async () => {
    const app = await anApp(new Map())
    expect((await get(app, '/', { accept: browser })).json()).toEqual({ name: 'fairlead' })
    expect((await get(app, '/decisions', { accept: browser })).statusCode).toBe(404)
  })
})

describe('GET /admin/me', () => {
  const admin = { token: 'env:ADMIN', readToken: 'env:READER' }
  const tokens = { ADMIN: 'the-admin-token-0123456789', READER: 'the-reading-token-0123456789' }
  const me = async (url: string, token: string | null) => {
    const reply = await fetch(
      `${url}/admin/me`,
      token === null ? {} : { headers: { authorization: `Bearer ${token}` } },
    )
    return [reply.status, await jsonOf(reply)]
  }

  test('says whom the gateway takes a token for', async () => {
    const { url } = await aServer({ config: { simulated: { pace: 0 }, admin }, variables: tokens })
    expect(await me(url, tokens.ADMIN)).toEqual([200, { name: 'admin', role: 'full' }])
    expect(await me(url, tokens.READER)).toEqual([200, { name: 'reader', role: 'read' }])
    expect(await me(url, null)).toEqual([
      401,
      { error: expect.objectContaining({ code: 'admin_token_required' }) },
    ])
    expect(await me(url, 'tampered')).toEqual([
      401,
      { error: expect.objectContaining({ code: 'invalid_admin_token' }) },
    ])
  })

  test('without tokens this machine itself may do everything', async () => {
    const { url } = await aServer()
    expect(await me(url, null)).toEqual([200, { name: 'local', role: 'full' }])
  })
})
