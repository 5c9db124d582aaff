import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Tool } from '../../src/domain/request.ts'
import { requestOf } from '../../src/learning/outcomes/row-request.ts'
import type { ToolCase } from './described.ts'

export type OfferedCase = ToolCase & { readonly tools: readonly Tool[] }

type Row = {
  readonly prompt: string
  readonly tools: readonly unknown[]
  readonly outcomes: Readonly<Record<string, { readonly score: number; readonly response?: unknown }>>
}

/**
 * Tool-call cases with their tools. Which tools a case needs is not in the set: it is taken from the answers that were scored
 * right, most of which name the same. A case that no model got right, or whose right answers are not on record, is left out.
 *
 * @throws Error where the file can't be read
 */
export async function bfclCases(folder: string): Promise<readonly OfferedCase[]> {
  const text = (await promisify(gunzip)(await readFile(join(folder, 'bfcl', 'train.jsonl.gz')))).toString()
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const row = JSON.parse(line) as Row
      const { tools } = requestOf(row)
      const needs = neededBy(row, tools)
      return needs === null ? [] : [{ text: row.prompt, tools, needs }]
    })
}

function neededBy({ outcomes }: Row, tools: readonly Tool[]): readonly string[] | null {
  const patterns = tools.map(({ name }) => [name, calling(name)] as const)
  const votes = new Map<string, { readonly names: readonly string[]; count: number }>()
  for (const { score, response } of Object.values(outcomes)) {
    if (score !== 1 || response === undefined) continue
    const written = typeof response === 'string' ? response : JSON.stringify(response)
    const names = patterns.flatMap(([name, pattern]) => (pattern.test(written) ? [name] : []))
    if (names.length === 0) continue
    const vote = votes.get(names.join()) ?? { names, count: 0 }
    vote.count++
    votes.set(names.join(), vote)
  }
  return [...votes.values()].sort((a, b) => b.count - a.count)[0]?.names ?? null
}

/** Vendors allow no full stop in a name: models that were called through their interfaces wrote an underscore. */
function calling(name: string): RegExp {
  const written = name.replace(/[^\w.]/g, '\\$&').replaceAll('.', '[._]')
  return new RegExp(`(?<![\\w.])${written}(?![\\w.])`)
}
