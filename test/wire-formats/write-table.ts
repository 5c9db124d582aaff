import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wireFormatsPage } from './page.ts'

writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'wire-formats.md'), wireFormatsPage())
