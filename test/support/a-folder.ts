import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, removed when the test ends. Call it inside a test or a `beforeEach`. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
