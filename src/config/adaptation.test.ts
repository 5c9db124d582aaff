import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { promptsSchema } from './adaptation-fields.ts'
import { pathText } from './faults.ts'
import { reportIssues } from './issues.ts'
import { resolvePrompts } from './resolve-adaptation.ts'

/** What becomes of the section, and its faults as a person reads them. */
function resolved(written: unknown, base = aFolder()) {
  const faults: string[] = []
  const report = (path: readonly (string | number)[], message: string) =>
    void faults.push(`${pathText(path)}: ${message}`)
  const section = z.strictObject({ prompts: promptsSchema })
  const value = { prompts: written }
  const parsed = section.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    reportIssues(parsed.error.issues, section, value, report)
    return { rules: [], faults }
  }
  const rules = resolvePrompts(parsed.data.prompts, {
    base,
    catalog: createCatalog(surroundings().entries),
    vendors: ['acme', 'globex'],
    policies: [{ name: 'auto' }, { name: 'support' }],
    report,
  })
  return { rules, faults }
}

describe('prompts', () => {
  test('are none where nothing is said', () => {
    expect(
      resolvePrompts(undefined, {
        base: '/',
        catalog: createCatalog([]),
        vendors: [],
        policies: [],
        report: () => expect.fail('nothing is wrong'),
      }),
    ).toEqual([])
  })

  test('are rules in the order in which they stand', () => {
    const { rules, faults } = resolved([
      {
        model: 'acme/small',
        policy: 'support',
        system: { append: 'Be exact.' },
        when: { tags: ['eu'], taskType: 'code' },
      },
      { model: 'acme/*', template: 'Q: {{prompt}}' },
    ])
    expect(faults).toEqual([])
    expect(rules).toEqual([
      {
        policy: 'support',
        model: { kind: 'model', id: 'acme/small' },
        when: { systemHash: null, tags: ['eu'], taskType: 'code' },
        variant: { system: { kind: 'around', prepend: null, append: 'Be exact.' }, template: null },
      },
      {
        policy: null,
        model: { kind: 'vendor', vendor: 'acme' },
        when: { systemHash: null, tags: [], taskType: null },
        variant: { system: { kind: 'keep' }, template: { before: 'Q: ', after: '' } },
      },
    ])
  })

  test.each<readonly [string, unknown, string]>([
    [
      'an unknown model',
      { model: 'acme/smal', system: { append: 'a' } },
      'prompts[0].model: "acme/smal" is no known model. Did you mean "acme/small"?',
    ],
    [
      'an unknown vendor',
      { model: 'acm/*', system: { append: 'a' } },
      'prompts[0].model: there is no vendor "acm". Did you mean "acme"?',
    ],
    [
      'an unknown policy',
      { model: 'acme/small', policy: 'supprt', system: { append: 'a' } },
      'prompts[0].policy: "supprt" is no policy. Did you mean "support"?',
    ],
    ['no change', { model: 'acme/small' }, 'prompts[0]: changes nothing.'],
    [
      'two changes at once',
      { model: 'acme/small', system: { replace: 'a', append: 'b' } },
      'prompts[0].system.replace: leaves nothing to prepend',
    ],
    [
      'a template without a place',
      { model: 'acme/small', template: 'Q' },
      'prompts[0].template: has {{prompt}} nowhere.',
    ],
    [
      'a model without a vendor',
      { model: 'small', system: { append: 'a' } },
      '"small" names no model. Write vendor/name',
    ],
    [
      'an unknown key',
      { model: 'acme/small', sistem: { append: 'a' } },
      'is not a known key. Did you mean "system"?',
    ],
  ])('%s is a fault with its remedy', (_name, entry, message) => {
    expect(resolved([entry]).faults.join('\n')).toContain(message)
  })
})

describe('a file of prompts', () => {
  const entry = { model: 'acme/small', system: { append: 'Be exact.' }, measured: { pairs: 50 } }

  test('is read from where the configuration stands', () => {
    const base = aFolder()
    writeFileSync(join(base, 'prompts.json'), JSON.stringify({ version: 1, prompts: [entry] }))
    const { rules, faults } = resolved('./prompts.json', base)
    expect(faults).toEqual([])
    expect(rules).toMatchObject([{ model: { kind: 'model', id: 'acme/small' } }])
  })

  test('has all of its faults told at once', () => {
    const base = aFolder()
    const prompts = [
      { ...entry, template: 'no place' },
      { ...entry, model: 'acme/none' },
    ]
    writeFileSync(join(base, 'prompts.json'), JSON.stringify({ version: 1, prompts }))
    const [fault, ...others] = resolved('./prompts.json', base).faults
    expect(others).toEqual([])
    expect(fault).toMatch(/prompts\[0\]\.template: .* prompts\[1\]\.model: /)
  })

  test.each<readonly [string, string, string]>([
    ['is missing', '', "prompts: ./prompts.json: can't be read (ENOENT)"],
    ['is no JSON', '{', 'prompts: ./prompts.json: is no valid JSON'],
    [
      'has a later version',
      '{"version": 2, "prompts": []}',
      'prompts: ./prompts.json: version: 2 is not known here.',
    ],
    [
      'names an unknown model',
      JSON.stringify({ version: 1, prompts: [{ ...entry, model: 'acme/smal' }] }),
      'prompts: ./prompts.json: prompts[0].model: "acme/smal" is no known model',
    ],
  ])('that %s is a fault where it is named', (_name, content, message) => {
    const base = aFolder()
    if (content !== '') writeFileSync(join(base, 'prompts.json'), content)
    expect(resolved('./prompts.json', base).faults).toEqual([expect.stringContaining(message)])
  })
})
