/** The built package in a project of its own: what its users import, run under this Node, and what its types say. */

import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDecisions } from '../support/a-gateway.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const examples = join(root, 'examples', 'library')

/** A folder with Fairlead as `npm install fairlead` leaves it: what is packed, and no development dependency in reach of it. */
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-library-'))
  const installed = join(folder, 'node_modules', 'fairlead')
  mkdirSync(installed, { recursive: true })
  for (const part of ['dist', 'bin', 'package.json'])
    cpSync(join(root, part), join(installed, part), { recursive: true })
  symlinkSync(join(root, 'artefacts'), join(installed, 'artefacts'))
  for (const name of await productionPackages()) link(name)
  for (const name of readdirSync(examples).filter((one) => one.endsWith('.ts')))
    cpSync(join(examples, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function link(name: string): void {
  const at = join(folder, 'node_modules', name)
  mkdirSync(dirname(at), { recursive: true })
  if (!existsSync(at)) symlinkSync(join(root, 'node_modules', name), at)
}

/** Those that the lockfile has at the top and that are no development dependencies. */
async function productionPackages(): Promise<readonly string[]> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>
  }
  const present = new Set(readdirSync(join(root, 'node_modules'), { recursive: false }) as string[])
  return Object.entries(packages).flatMap(([path, { dev = false, devOptional = false }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1]
    const top = name?.split('/')[0]
    return name === undefined || dev || devOptional || !present.has(top!) ? [] : [name]
  })
}

const loader = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')

/** Without the machine's keys: simulated models answer. */
async function node(...args: readonly string[]): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const { stdout } = await run(process.execPath, ['--import', loader, ...args], {
    cwd: folder,
    env: { PATH, HOME },
  })
  return stdout
}

describe('the package', () => {
  test.each(['fairlead', 'fairlead/strategies', 'fairlead/testing', 'fairlead/ai-sdk'])(
    '%s can be imported with nothing but what it depends on',
    async (name) => {
      const names = await node(
        '-e',
        `import(${JSON.stringify(name)}).then((all) => console.log(Object.keys(all).join()))`,
      )
      expect(names.trim().split(',')).toContain(mainExport[name as keyof typeof mainExport])
    },
  )

  test('fairlead/ai-sdk loads nothing of the gateway before it is asked to route in process', () => {
    const at = join(folder, 'node_modules', 'fairlead', 'dist')
    const loaded = new Set<string>()
    const load = (name: string): void => {
      if (loaded.has(name)) return
      loaded.add(name)
      const text = readFileSync(join(at, name), 'utf8')
      for (const [, imported = ''] of text.matchAll(/^import [^;]*?"([^"]+)";$/gm))
        if (imported.startsWith('./')) load(imported.slice(2))
        else expect(imported).toMatch(/^node:/)
    }
    load('ai-sdk.js')
    expect(loaded.size).toBeGreaterThan(1)
  })

  test('exports nothing that is not packed', () => {
    const { exports: exported } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const files = Object.values(exported).flatMap((one) =>
      typeof one === 'string' ? [one] : Object.values(one as object),
    )
    for (const file of files)
      expect(() => readFileSync(join(folder, 'node_modules', 'fairlead', file))).not.toThrow()
  })
})

const mainExport = {
  fairlead: 'createFairlead',
  'fairlead/strategies': 'defineStrategy',
  'fairlead/testing': 'strategyContract',
  'fairlead/ai-sdk': 'createFairleadProvider',
}

describe('examples/library', () => {
  const said: Readonly<Record<string, readonly RegExp[]>> = {
    'in-process.ts': [
      /391/,
      /dec_\w+: simulated\/\w+ for \$0\.0\d+, since /,
      /simulated\/frontier \d\.\d\d/,
      /message end_turn/,
    ],
    'streaming.ts': [
      /391/,
      /simulated\/\w+ for \$0\.0\d+/,
      /^aborted: AbortError$/m,
      /^rejected \(model_not_found, HTTP 404\)/m,
    ],
    'own-strategy.ts': [/-> simulated\/nano: the cheapest said enough/, /: the prompt says prove/],
    'config-file.ts': [/^auto over simulated\/nano/, /^200 the prompt says prove$/m],
  }

  test.each(Object.entries(said))('%s', async (name, patterns) => {
    const output = await node(name)
    for (const pattern of patterns) expect(output).toMatch(pattern)
    expect(output).not.toContain('never said')
  })

  test('keyword-strategy.test.ts, by the test runner of Node', async () => {
    const output = await node('--test', 'keyword-strategy.test.ts')
    expect(output).toMatch(/# pass 9\b/)
    expect(output).toMatch(/# fail 0\b/)
  })

  test('fairlead.config.ts, by the command', async () => {
    const output = await node(
      join('node_modules', 'fairlead', 'bin', 'fairlead.js'),
      'route',
      'Prove that 17 is prime.',
    )
    expect(output).toContain('the prompt says prove')
    expect(output).toContain('(keywords)')
  })

  test('ai-sdk.ts, beside the SDK', async () => {
    for (const name of ['ai', '@ai-sdk/provider']) link(name)
    const output = await node('ai-sdk.ts')
    expect(output).toMatch(/391/)
    expect(output).toMatch(/decision: 'dec_/)
    expect(output).toMatch(/^tool-calls, stop$/m)
    expect(output).toMatch(/answer: 391/)
  })

  test('a provider that nobody closes loses no decision', async () => {
    for (const name of ['ai', '@ai-sdk/provider']) link(name)
    const script = `
      import { generateText } from 'ai'
      import { fairlead } from 'fairlead/ai-sdk'
      await generateText({ model: fairlead('auto'), prompt: 'Is this kept?' })`
    rmSync(join(folder, '.fairlead'), { recursive: true, force: true })
    writeFileSync(join(folder, 'never-closed.ts'), script)
    await node('never-closed.ts')
    expect(await readDecisions(join(folder, '.fairlead', 'fairlead.db'))).toHaveLength(1)
  })

  test('pass the type checks of a strict project, which finds a wrong option of a strategy', async () => {
    for (const name of ['typescript', '@types/node', 'undici-types']) link(name)
    const config = {
      compilerOptions: {
        strict: true,
        module: 'NodeNext',
        target: 'ES2023',
        noEmit: true,
        allowImportingTsExtensions: true,
        types: ['node'],
        skipLibCheck: true,
      },
      include: ['*.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const check = () =>
      run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')], { cwd: folder })
    await check()
    const wrong = readFileSync(join(folder, 'own-strategy.ts'), 'utf8').replace(
      "words: ['prove', 'theorem']",
      'words: 7',
    )
    writeFileSync(join(folder, 'own-strategy.ts'), wrong)
    await expect(check()).rejects.toMatchObject({ stdout: expect.stringContaining('own-strategy.ts') })
  })
})
