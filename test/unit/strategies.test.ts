import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { faultsText } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import {
  docsPage,
  exampleFile,
  exampleNames,
  strategyNames,
  writtenExample,
} from '../support/strategy-examples.ts'

const surroundings = builtInSurroundings([], readEnvironment({}))

describe('every strategy', () => {
  test.each(strategyNames)('%s has a page that says when to use it', (name) => {
    const page = docsPage(name)
    expect(page, `write docs/strategies/${name}.md`).not.toBeNull()
    expect(page).toContain(`strategy: ${name}`)
    expect(page).toMatch(/when/i)
  })

  test.each(strategyNames)('%s has an example with a policy of it', (name) => {
    expect(exampleNames(), `write examples/strategies/${name}.yaml`).toContain(name)
    const policies = Object.values(writtenExample(name).policies ?? {})
    expect(policies.map(({ strategy = 'utility' }) => strategy)).toContain(name)
  })
})

describe('every example of a strategy', () => {
  test.each(exampleNames())('%s has no faults, and needs no key', async (name) => {
    const file = exampleFile(name)
    const result = await loadConfig({ file, directory: dirname(file), surroundings })
    expect(result.kind === 'faulty' ? faultsText(result.file, result.faults) : null).toBeNull()
    expect(writtenExample(name).simulated).toBeDefined()
    expect(strategyNames).toContain(name)
  })
})
