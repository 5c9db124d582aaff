import { describe, expect, test } from 'vitest'
import { originFault } from './origin.ts'

const rules = { allowedHosts: ['mcp.example.com'], allowedOrigins: ['https://app.example.com'] }
const fault = (headers: Record<string, string>, localAddress = '127.0.0.1') =>
  originFault({ headers, localAddress }, rules)

describe('a gateway on loopback', () => {
  test.each(['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'mcp.example.com', 'MCP.example.com'])(
    'takes requests for %s',
    (host) => {
      expect(fault({ host })).toBeNull()
    },
  )

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:4000',
    'evil.example#localhost',
    'localhost@evil.example',
    '',
  ])('refuses requests for %j, which a page may have made', (host) => {
    expect(fault({ host })).toMatch(/mcp\.allowedHosts|Host header/)
  })

  test.each(['http://localhost:6274', 'http://127.0.0.1', 'https://app.example.com'])(
    'takes requests of pages of %s',
    (origin) => {
      expect(fault({ host: 'localhost:4000', origin })).toBeNull()
    },
  )

  test.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'https://app.example.com.evil.example',
  ])('refuses requests of pages of %s', (origin) => {
    expect(fault({ host: 'localhost:4000', origin })).toMatch(/mcp\.allowedOrigins/)
  })
})

test('a gateway on a network takes any host, and pages only where they are allowed', () => {
  expect(fault({ host: 'gateway.internal' }, '10.0.0.5')).toBeNull()
  expect(fault({ host: 'gateway.internal', origin: 'http://localhost:6274' }, '10.0.0.5')).toMatch(
    /allowedOrigins/,
  )
  expect(fault({ host: 'gateway.internal', origin: 'https://app.example.com' }, '10.0.0.5')).toBeNull()
})
