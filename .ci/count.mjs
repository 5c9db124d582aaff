// Prints `PASSED FAILED` of a JSON report of vitest, then a line for each test that failed and why.
// A file that could not be loaded counts as one failed test.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const mostReason = 600

const path = process.argv[2]
const report = path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
const failures = (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
  if (status !== 'failed') return []
  const file = relative(process.cwd(), name)
  if (assertionResults.length === 0) return [{ what: file, why: message }]
  return assertionResults
    .filter((result) => result.status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      what: `${file}: ${fullName}`,
      why: failureMessages.join(' | '),
    }))
})
const unloaded = (report?.testResults ?? []).filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
)
console.log(`${report?.numPassedTests ?? 0} ${(report?.numFailedTests ?? 0) + unloaded.length}`)
for (const { what, why } of failures) console.log(`${what}: ${why.replace(/\s+/g, ' ').slice(0, mostReason)}`)
