import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { readHead } from '../learning/outcomes/read-head.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'
import type { Surroundings } from './surroundings.ts'

const row = (...models: readonly string[]) =>
  JSON.stringify({
    id: 'a',
    dataset: 'd',
    split: 'dev',
    qhash: 'q',
    prompt: 'Why?',
    outcomes: Object.fromEntries(models.map((model) => [model, { score: 1 }])),
  })

const readers: Partial<Surroundings> = { readOutcomeHead: readHead }

async function load(text: string, files: Readonly<Record<string, string>> = {}, changes = readers) {
  const directory = aFolder()
  for (const [name, written] of Object.entries(files)) writeFileSync(join(directory, name), written)
  writeFileSync(join(directory, 'fairlead.yaml'), text)
  return {
    directory,
    result: await loadConfig({ file: null, directory, surroundings: surroundings(undefined, changes) }),
  }
}

async function faultsOf(...asked: Parameters<typeof load>): Promise<string> {
  const { result } = await load(...asked)
  return result.kind === 'resolved' ? '' : faultsText(result.file, result.faults)
}

describe('outcome sets', () => {
  test('are none where nothing is said', async () => {
    const { result } = await load('{}')
    expect(result.kind === 'resolved' && result.config.outcomeSets).toEqual([])
  })

  test('are files and folders by name, from the folder of the configuration', async () => {
    const { directory, result } = await load('outcomeSets:\n  tickets: set.jsonl\n  all: .\n', {
      'set.jsonl': `${row('acme/small', 'who')}\n`,
    })
    if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
    expect(result.config.outcomeSets).toEqual([
      { name: 'tickets', path: join(directory, 'set.jsonl') },
      { name: 'all', path: directory },
    ])
  })

  test('are known by names that the catalogue knows, aliases included', async () => {
    expect(await faultsOf('outcomeSets: {a: a.jsonl}', { 'a.jsonl': row('Small-Latest') })).toBe('')
  })

  test.each([
    ['that is not there', {}, /outcomeSets\.a: .*a\.jsonl can't be read \(ENOENT\)\. Check the path/],
    ['of another kind', { 'a.jsonl': 'Dear all,' }, /outcomeSets\.a: .*a\.jsonl line 1 is not JSON/],
    ['without a row', { 'a.jsonl': '\n' }, /outcomeSets\.a: .*holds no row of outcomes/],
    [
      'of models that nobody knows',
      { 'a.jsonl': row('who', 'whom') },
      /outcomeSets\.a: the catalogue knows none of the models of .*a\.jsonl \(who, whom\)\. Name them/,
    ],
  ])('a set %s is refused with its place and what to do', async (_, files, words) => {
    const text = await faultsOf('outcomeSets:\n  a: a.jsonl\n', files)
    expect(text).toMatch(words)
    expect(text).toMatch(/fairlead\.yaml:2:6/)
  })

  test('what can’t be looked into here is looked for only', async () => {
    const nobody: Partial<Surroundings> = {}
    expect(await faultsOf('outcomeSets: {a: a.jsonl}', { 'a.jsonl': 'Dear all,' }, nobody)).toBe('')
    expect(await faultsOf('outcomeSets: {a: a.jsonl}', {}, nobody)).toContain('ENOENT')
  })

  test('have plain names, and are not more than twenty', async () => {
    expect(await faultsOf('outcomeSets: {"../a": a.jsonl}')).toContain('is no name of a set')
    expect(await faultsOf('outcomeSets: {a: ""}')).toContain('is empty')
    const many = Array.from({ length: 21 }, (_, at) => `s${at}: a.jsonl`).join(', ')
    expect(await faultsOf(`outcomeSets: {${many}}`, { 'a.jsonl': row('acme/small') })).toContain(
      'has more than 20 sets',
    )
  })
})
