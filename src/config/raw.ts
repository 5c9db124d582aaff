import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { createJiti } from 'jiti'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml'
import type { ConfigFault, Path } from './faults.ts'

type Position = { readonly line: number | null; readonly column: number | null }

/** A configuration as it was written: nothing is known of its shape yet. */
export type RawConfig = {
  readonly value: unknown
  /** What stops the file from being read as a whole, or is lost by reading it. */
  readonly faults: readonly ConfigFault[]
  readonly locate: (path: Path, at: 'key' | 'value') => Position
}

const nowhere: Position = { line: null, column: null }

export async function readRaw(file: string): Promise<RawConfig> {
  return ['.yaml', '.yml'].includes(extname(file)) ? readYaml(file) : readModule(file)
}

async function readYaml(file: string): Promise<RawConfig> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return unreadable(
      `can't be read (${(error as NodeJS.ErrnoException).code}). Check that it exists and may be read.`,
    )
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const faults = document.errors.map((error) => ({
    path: '',
    ...at(error.pos[0]),
    message: yamlMessage(error, text),
  }))
  // What a broken file would have said is a guess; a key written twice leaves the rest as it was meant.
  const broken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')
  return {
    value: broken ? null : document.toJS(),
    faults,
    locate: (path, which) => at(offsetOf(document.contents, path, which)),
  }
}

function yamlMessage({ code, message, pos }: YAMLError, text: string): string {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0] ?? ''
      return `The key ${JSON.stringify(key)} stands twice in one map. Remove one of them.`
    }
    case 'TAB_AS_INDENT':
      return 'A tab indents this line. Indent with spaces.'
    case 'BAD_INDENT':
      // An open bracket or brace is reported as the indent of the line after it.
      if (message.startsWith('Flow')) return 'A bracket or brace before this is not closed. Close it.'
      return `This line's indent does not fit those around it (${message}). Line it up with its neighbours.`
    case 'MULTIPLE_DOCS':
      return 'The file holds several documents. Keep one, without a line "---" after it.'
    default:
      return `This is not YAML: ${message}. Mend the syntax here.`
  }
}

/** Where the value at a path begins, or its key; where the path ends early, the innermost part that exists. */
function offsetOf(contents: Node | null, path: Path, at: 'key' | 'value'): number {
  let node: unknown = contents
  let offset = contents?.range?.[0] ?? 0
  for (const [depth, part] of path.entries()) {
    if (isSeq(node)) node = node.items[Number(part)]
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part))
      if (!pair) return offset
      offset = startOf(pair.key) ?? offset
      // A map's own place is that of its key: the line one looks for.
      const last = depth === path.length - 1
      if (last && at === 'value' && isScalar(pair.value)) return startOf(pair.value) ?? offset
      node = pair.value
      continue
    } else return offset
    offset = startOf(node) ?? offset
  }
  return offset
}

function startOf(node: unknown): number | null {
  if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) return node.range?.[0] ?? null
  return null
}

/** Programs are run, not parsed, so their values have no lines. */
async function readModule(file: string): Promise<RawConfig> {
  const jiti = createJiti(import.meta.url, { moduleCache: false, fsCache: false })
  try {
    const value = await jiti.import(file, { default: true })
    return { value, faults: [], locate: () => nowhere }
  } catch (error) {
    return { ...unreadable(moduleMessage(error)), ...moduleFault(error, file) }
  }
}

const moduleMessage = (error: unknown): string => {
  const [first = ''] = String(error instanceof Error ? error.message : error).split('\n')
  return `can't be run: ${first.trim()} Mend the program, then check again with \`fairlead check\`.`
}

function moduleFault(error: unknown, file: string): Pick<RawConfig, 'faults'> {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : ''
  const after = text.split(file).slice(1)
  const place = after.map((rest) => /^:(\d+):(\d+)/.exec(rest)).find((match) => match !== null)
  const position = place ? { line: Number(place[1]), column: Number(place[2]) } : nowhere
  return { faults: [{ path: '', ...position, message: moduleMessage(error) }] }
}

const unreadable = (message: string): RawConfig => ({
  value: null,
  faults: [{ path: '', ...nowhere, message }],
  locate: () => nowhere,
})
