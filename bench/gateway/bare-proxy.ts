/** The least that a proxy in Node can do, a process of its own: `node:http` to an `undici` pool, bytes passed on unread. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { Pool } from 'undici'
import type { Origin } from './connection.ts'

process.once('message', ({ host, port }: Origin) => {
  const pool = new Pool(`http://${host}:${port}`, { connections: 512, headersTimeout: 0, bodyTimeout: 0 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const headers = { 'content-type': 'application/json' }
      const path = request.url ?? '/'
      const reply = await pool.request({ method: 'POST', path, headers, body: Buffer.concat(chunks) })
      response.statusCode = reply.statusCode
      for (const name of ['content-type', 'content-length']) {
        const value = reply.headers[name]
        if (value !== undefined) response.setHeader(name, value)
      }
      pipeline(reply.body, response, () => {})
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
})
