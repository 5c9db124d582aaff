// Prints `PASSED FAILED` of a JSON report of vitest. A file that could not be loaded counts as one failed test.
import { existsSync, readFileSync } from 'node:fs'

const path = process.argv[2]
const report = path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
const unloaded = (report?.testResults ?? []).filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
)
console.log(`${report?.numPassedTests ?? 0} ${(report?.numFailedTests ?? 0) + unloaded.length}`)
