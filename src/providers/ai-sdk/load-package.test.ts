import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { loadPackage } from './load-package.ts'
import { ProviderPackageError } from './provider-package-error.ts'

const aVendor = (name: string, wanted: string | null = null) => ({
  name: 'acme',
  library: {
    package: name,
    export: wanted,
    method: null,
    settings: () => ({}),
    callOptions: () => ({}),
    secrets: [],
  },
})

/** A folder with a file that is a provider package of the user's own, or with packages installed. */
function aFolderWith(files: Readonly<Record<string, string>>): string {
  const folder = aFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const problemOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(ProviderPackageError)
  return error.message
}

test('the only function that begins with create is the factory', async () => {
  const folder = aFolderWith({
    'own.mjs':
      'export const createOwn = (settings) => ({ settings })\nexport const version = "1"\nexport const created = 1',
  })
  const factory = await loadPackage(aVendor('./own.mjs'), folder)
  expect(factory({ apiKey: 'k' })).toEqual({ settings: { apiKey: 'k' } })
})

test('a package that is installed beside the configuration is found there, though it can only be imported', async () => {
  const folder = aFolderWith({
    'node_modules/acme-ai/package.json': JSON.stringify({
      name: 'acme-ai',
      type: 'module',
      exports: { '.': { import: './index.js' } },
    }),
    'node_modules/acme-ai/index.js': 'export const createAcme = () => "acme"',
  })
  expect((await loadPackage(aVendor('acme-ai'), folder))({})).toBe('acme')
})

test('a package that Fairlead itself can import is found wherever the configuration is', async () => {
  expect(await loadPackage(aVendor('@ai-sdk/openai'), aFolder())).toBeTypeOf('function')
})

test('a missing package: what to install', async () => {
  const message = await problemOf(loadPackage(aVendor('@ai-sdk/nobody-makes-this'), aFolder()))
  expect(message).toBe(
    "The vendor acme can't be used: the package @ai-sdk/nobody-makes-this is not installed. Run: npm install @ai-sdk/nobody-makes-this",
  )
})

test('a missing file: where it was looked for', async () => {
  const folder = aFolder()
  expect(await problemOf(loadPackage(aVendor('./nowhere.mjs'), folder))).toContain(
    `there is no ./nowhere.mjs in ${folder}`,
  )
})

test('a package that lacks something of its own is not told to be missing', async () => {
  const folder = aFolderWith({
    'node_modules/half/package.json': JSON.stringify({ name: 'half', type: 'module', exports: './index.js' }),
    'node_modules/half/index.js': 'import "its-own-need"\nexport const createHalf = () => null',
  })
  const message = await problemOf(loadPackage(aVendor('half'), folder))
  expect(message).toContain("half can't be loaded here")
  expect(message).toContain('its-own-need')
})

test('a wrong export: those that there are', async () => {
  const folder = aFolderWith({
    'own.mjs': 'export const createOne = () => 1\nexport const createTwo = () => 2',
  })
  expect(await problemOf(loadPackage(aVendor('./own.mjs', 'createThree'), folder))).toContain(
    'exports no function createThree. It has createOne, createTwo.',
  )
  expect(await problemOf(loadPackage(aVendor('./own.mjs'), folder))).toContain(
    'exports several create… functions (createOne, createTwo). Write which one under vendors.acme.export.',
  )
  const factory = await loadPackage(aVendor('./own.mjs', 'createTwo'), folder)
  expect(factory({})).toBe(2)
})

test('a package without any factory', async () => {
  const folder = aFolderWith({ 'own.mjs': 'export const something = 1' })
  expect(await problemOf(loadPackage(aVendor('./own.mjs'), folder))).toContain('exports no create… function')
  expect(await problemOf(loadPackage(aVendor('./own.mjs', 'createIt'), folder))).toContain(
    'It has no create… function at all.',
  )
})
