import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { unreachable } from '../../src/domain/unreachable.ts'
import { runAllRows } from '../reliability/all-rows.ts'
import { pageOf, withoutTimes } from '../reliability/page.ts'
import { nameOf, type Row, rows } from '../reliability/rows.ts'
import { type Observed, wholeOf } from '../reliability/run-row.ts'

let results: readonly (readonly [Row, Observed])[] = []

beforeAll(async () => {
  results = await runAllRows()
}, 120_000)

describe('the client gets', () => {
  test.each(rows.map((row, index) => [nameOf(row), row, index] as const))(
    '%s',
    (_name, { fault, recovery }, index) => {
      const whole = wholeOf(fault)
      const [, { understood, asked, attempts, client }] = results[index]!
      expect(client).not.toContain('TRUNCATED')
      // Whatever was asked is in the books, and what was not asked is not.
      const heard = attempts.filter(({ model }) => !fault.refused || model !== 'acme/small')
      expect(heard.map(({ model }) => model)).toEqual(asked.map((model) => `acme/${model}`))
      switch (fault.expected) {
        case 'unharmed':
          expect(understood).toEqual({ text: whole, complete: true, error: null })
          expect(new Set(asked)).toEqual(new Set(['small']))
          return
        case 'another answers':
          expect(understood).toEqual({ text: whole, complete: true, error: null })
          expect(asked.at(-1)).toBe('large')
          expect(client).toBe('whole answer, by large')
          return
        case 'error':
          expect(understood).toMatchObject({ text: '', complete: false, error: expect.stringMatching(/./) })
          expect(asked).toEqual(['small'])
          return
        case 'by recovery mode':
          expectRecovered(results[index]![1], whole, recovery)
          return
        case 'by recovery mode, and alone':
          expectRecovered(results[index]![1], whole, recovery === 'continue' ? 'error' : recovery)
          return
        default:
          unreachable(fault.expected)
      }
    },
  )
})

function expectRecovered(
  { understood, client, asked }: Observed,
  whole: string,
  recovery: Row['recovery'],
): void {
  switch (recovery) {
    case 'error':
      expect(understood).toMatchObject({ complete: false, error: expect.stringMatching(/^upstream_/) })
      expect(understood.text).not.toBe('')
      expect(whole.startsWith(understood.text)).toBe(true)
      expect(asked[0]).toBe('small')
      return
    case 'continue':
      expect(client).toBe('whole answer, by small and large')
      return
    case 'buffer':
      expect(client).toBe('whole answer, by large')
      return
    case null:
      throw new Error('a buffered answer has no recovery mode')
  }
}

test('docs/reliability.md says what these rows say (npx tsx test/reliability/write-table.ts)', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../docs/reliability.md'), 'utf8')
  expect(withoutTimes(committed)).toBe(withoutTimes(pageOf(results)))
})
