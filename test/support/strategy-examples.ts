/** The example configuration of each strategy, as it lies in `examples/strategies`. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { strategies } from '../../src/strategies/index.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'examples', 'strategies')

export const strategyNames: readonly string[] = strategies.map(({ name }) => name)

export const exampleNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()

export const exampleFile = (name: string): string => join(folder, `${name}.yaml`)

export const docsPage = (name: string): string | null => {
  const file = join(root, 'docs', 'strategies', `${name}.md`)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

export type WrittenExample = {
  readonly simulated?: object
  readonly vendors?: object
  readonly policies?: Readonly<Record<string, { readonly strategy?: string }>>
}

export const writtenExample = (name: string): WrittenExample => parse(readFileSync(exampleFile(name), 'utf8'))
