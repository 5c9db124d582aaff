/** A repository in a temporary folder, and the tools that an agent has over it. Real files, real searches, real tests. */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { type Draw, pick, shuffle } from '../../src/domain/random.ts'
import { fileOf, type Module, modules, testOf } from './modules.ts'

/** Some modules are broken, and users tell what they see of it. */
export type AgentTask = { readonly id: string; readonly broken: readonly Module[]; readonly text: string }

export function agentTask(id: string, draw: Draw): AgentTask {
  const broken = shuffle(draw, modules).slice(0, pick(draw, [1, 2, 2, 3]))
  const text = `Users report: ${broken.map(({ symptom }) => symptom).join('; ')}. Find out why and repair it. The modules lie in src.`
  return { id, broken, text }
}

export type ToolEnd = { readonly text: string; readonly failed: boolean }

export type Repository = {
  readonly call: (name: string, input: Readonly<Record<string, unknown>>) => Promise<ToolEnd>
  readonly runTests: () => Promise<ToolEnd>
  readonly close: () => Promise<void>
}

export const toolNames = ['list_files', 'search', 'read_file', 'edit_file', 'run_tests'] as const

/** What tests say depends on the files alone: the same files are tested once. */
export type TestResults = Map<string, Promise<ToolEnd>>

export async function openRepository({ broken }: AgentTask, results: TestResults): Promise<Repository> {
  const root = await mkdtemp(join(tmpdir(), 'fairlead-agent-'))
  await mkdir(join(root, 'src'))
  await mkdir(join(root, 'test'))
  for (const module of modules)
    await writeFile(
      join(root, 'src', `${module.name}.mjs`),
      fileOf(module, broken.includes(module) ? module.broken : module.right),
    )
  await writeFile(join(root, 'test', 'all.mjs'), testOf(modules))
  const runTests = async (): Promise<ToolEnd> => {
    const key = await contentHash(root)
    const known = results.get(key)
    if (known) return known
    const running = nodeTests(root)
    results.set(key, running)
    return running
  }
  return {
    runTests,
    call: async (name, input) => {
      try {
        return await calledTool(root, name, input, runTests)
      } catch (error) {
        return {
          text: `Error: ${error instanceof Error ? error.message.replace(root, '.') : error}`,
          failed: true,
        }
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

async function calledTool(
  root: string,
  name: string,
  input: Readonly<Record<string, unknown>>,
  runTests: () => Promise<ToolEnd>,
): Promise<ToolEnd> {
  const path = inside(root, String(input.path ?? '.'))
  switch (name) {
    case 'list_files':
      return { text: (await readdir(path)).join('\n'), failed: false }
    case 'search':
      return { text: await searched(root, String(input.text ?? '')), failed: false }
    case 'read_file':
      return { text: await readFile(path, 'utf8'), failed: false }
    case 'edit_file': {
      const before = await readFile(path, 'utf8')
      const old = String(input.old ?? '')
      if (old === '' || !before.includes(old))
        return { text: 'Error: old is not found in the file.', failed: true }
      await writeFile(
        path,
        before.replace(old, () => String(input.new ?? '')),
      )
      return { text: `The file ${input.path} has been updated.`, failed: false }
    }
    case 'run_tests':
      return runTests()
    default:
      return { text: `Error: there is no tool ${name}.`, failed: true }
  }
}

function inside(root: string, path: string): string {
  const whole = normalize(join(root, path))
  if (whole !== `${root}/` && whole !== root && !whole.startsWith(`${root}/`))
    throw new Error('the path leaves the repository')
  return whole
}

async function searched(root: string, text: string): Promise<string> {
  const found: string[] = []
  for (const file of (await readdir(join(root, 'src'))).sort())
    for (const [line, content] of (await readFile(join(root, 'src', file), 'utf8')).split('\n').entries())
      if (content.includes(text)) found.push(`src/${file}:${line + 1}: ${content.slice(0, 90)}`)
  return found.slice(0, 20).join('\n') || 'Nothing was found.'
}

async function contentHash(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await readdir(join(root, 'src'))).sort())
    hash.update(`${file}\n`).update(await readFile(join(root, 'src', file)))
  return hash.digest('hex')
}

const testTimeoutMs = 20_000

function nodeTests(root: string): Promise<ToolEnd> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join('test', 'all.mjs')],
      { cwd: root, timeout: testTimeoutMs, env: {}, maxBuffer: 1_000_000 },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
        const shown = `${stdout}${stderr.replaceAll(root, '.')}`.trim().slice(0, 3_000)
        resolve({ text: `${shown}\nexit code ${code}`, failed: code !== 0 })
      },
    )
  })
}
