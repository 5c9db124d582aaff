import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAllRows } from './all-rows.ts'
import { pageOf } from './page.ts'

const results = await runAllRows()
writeFileSync(join(import.meta.dirname, '../../docs/reliability.md'), pageOf(results))
console.log(`docs/reliability.md: ${results.length} rows`)
