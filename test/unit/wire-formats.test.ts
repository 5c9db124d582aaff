import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wireFormatsPage } from '../wire-formats/page.ts'

test('docs/wire-formats.md says what the formats do (npx tsx test/wire-formats/write-table.ts)', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'wire-formats.md'), 'utf8')
  expect(page).toBe(wireFormatsPage())
})
