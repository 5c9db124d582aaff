import { describe, expect, it } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { createLog, type LogLevel } from './log.ts'

const key = 'sk-live-0123456789abcdefghij'

function aLog(level: LogLevel = 'info') {
  const lines: string[] = []
  const log = createLog({ level, destination: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

describe('a log', () => {
  it('writes one JSON object a line, with level, time and message', () => {
    const { log, lines } = aLog()
    log.info({ decision: 'd-1', tokens: 12 }, 'decided')
    expect(lines).toHaveLength(1)
    const line = JSON.parse(lines[0]!)
    expect(line).toEqual({ level: 30, time: expect.any(String), decision: 'd-1', tokens: 12, msg: 'decided' })
    expect(new Date(line.time).toISOString()).toBe(line.time)
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = aLog('warn')
    log.info('quiet')
    log.warn('loud')
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['loud'])
  })

  const withHeaders = Object.assign(new Error(`401 with Bearer ${key}`), {
    headers: { authorization: `Bearer ${key}`, 'x-api-key': 'no-known-prefix' },
  })
  const leaks: Record<string, (log: ReturnType<typeof aLog>['log']) => void> = {
    'a Secret': (log) => log.info({ credential: new Secret(key) }, 'x'),
    'a Secret in a message': (log) => log.info('key %s', new Secret(key)),
    'an authorization header': (log) => log.info({ req: { headers: { Authorization: `Bearer ${key}` } } }),
    'a header with quotes and backslashes': (log) => log.info({ 'x-api-key': `a"b\\${key}` }),
    'a list of header values': (log) => log.info({ headers: { 'x-api-key': ['no-known-prefix'] } }),
    'headers deep down': (log) => log.info({ a: { b: { c: { d: { apiKey: 'no-known-prefix' } } } } }),
    'an error': (log) => log.error(withHeaders),
    "an error's cause": (log) => log.error(new Error('outer', { cause: withHeaders })),
    'a message': (log) => log.info(`called with Authorization: Bearer ${key}`),
    'JSON in a message': (log) => log.info('body: {"api_key": "no-known-prefix"}'),
    'a child': (log) => log.child({ apiKey: 'no-known-prefix' }).info('x'),
  }
  it.each(Object.entries(leaks))('shows no credential of %s', (_, write) => {
    const { log, lines } = aLog()
    write(log)
    expect(lines).toHaveLength(1)
    expect(() => JSON.parse(lines[0]!)).not.toThrow()
    expect(lines[0]).not.toMatch(/0123456789abc|no-known-prefix/)
    expect(lines[0]).toContain('[secret]')
  })

  it('keeps what only looks like one', () => {
    const { log, lines } = aLog()
    log.info(
      { inputTokens: 9, model: 'openai/gpt-5-mini', note: 'the key risk-averse reader' },
      'bearer of news',
    )
    expect(JSON.parse(lines[0]!)).toMatchObject({
      inputTokens: 9,
      model: 'openai/gpt-5-mini',
      note: 'the key risk-averse reader',
      msg: 'bearer of news',
    })
  })
})
