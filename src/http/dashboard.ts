/** The dashboard: files that were built, for browsers. It may talk to this gateway and to nobody else. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { besideTheCode } from '../gateway/beside-the-code.ts'

/** By its path below the address of the server, such as `/assets/index-1a2b.js`. */
export type DashboardFiles = ReadonlyMap<string, DashboardFile>

type DashboardFile = { readonly type: string; readonly bytes: Buffer; readonly gzipped: Buffer }

/**
 * Nothing but files of this server and calls to it: no script or style that stands in the page, nothing of another host, no
 * frame around it, no text that becomes markup.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** `dist/dashboard` stands beside `package.json`, above the built code as above the source. Empty: it was not built. */
export function findDashboard(): DashboardFiles {
  const page = besideTheCode(import.meta.url, 'dist', 'dashboard', 'index.html')
  return page === null ? new Map() : readDashboard(dirname(page))
}

/** Everything in the folder that browsers ask for, read once: some hundred kilobytes. */
export function readDashboard(folder: string): DashboardFiles {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return new Map(
    names.flatMap((name) => {
      const type = types[extname(name)]
      if (type === undefined) return []
      const bytes = readFileSync(join(folder, name))
      const path = `/${name.split(sep).join('/')}`
      return [[path, { type, bytes, gzipped: gzipSync(bytes) }] as const]
    }),
  )
}

/** What is no page of the dashboard even where a browser asks for it. */
const notPages = /^\/(v1|admin|mcp|metrics|healthz|readyz|assets)(\/|$)/

/**
 * `GET /` for browsers, its files, and the page for every other address that a browser goes to: which pages there are, the page
 * itself knows. Whoever asks for no HTML gets what `otherwise` says at `/`, and a 404 elsewhere.
 */
export function addDashboard(app: FastifyInstance, files: DashboardFiles, otherwise: () => object): void {
  const page = files.get('/index.html')
  app.get('/', (request, reply) => {
    reply.header('vary', 'accept, accept-encoding')
    return page !== undefined && wantsHtml(request) ? sendFile(request, reply, page) : otherwise()
  })
  if (page === undefined) return
  app.get('/*', (request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const file = path === '/index.html' ? undefined : files.get(path)
    // Their names change with what is in them.
    if (file)
      return sendFile(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file)
    if (notPages.test(path) || !wantsHtml(request)) return reply.callNotFound()
    return sendFile(request, reply, page)
  })
}

const wantsHtml = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept?.split(',').some((one) => one.trim().startsWith('text/html')) === true

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, bytes, gzipped }: DashboardFile,
): FastifyReply {
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache')
  if (!reply.hasHeader('vary')) reply.header('vary', 'accept-encoding')
  if (zipped) reply.header('content-encoding', 'gzip')
  return reply
    .headers(headers)
    .type(type)
    .send(zipped ? gzipped : bytes)
}
