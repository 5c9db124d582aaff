import { readdirSync, readFileSync } from 'node:fs'
import type { Recording } from '../../src/wire/wire-format.contract.ts'

/** Streams as vendors sent them: the `.sse` files of the folder `__fixtures__/` beside a test, `import.meta.url` of which is given. */
export function recordingsBeside(testUrl: string): readonly Recording[] {
  const fixtures = new URL('./__fixtures__/', testUrl)
  return readdirSync(fixtures)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => ({
      name,
      bytes: readFileSync(new URL(name, fixtures)),
      complete: !name.includes('failure'),
    }))
}
