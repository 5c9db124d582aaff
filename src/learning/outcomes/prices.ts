import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Fault } from './fault.ts'
import { modelKey, withoutFirstWord } from './model-name.ts'

export type TokenPrice = {
  readonly inputUsdPerMillionTokens: number
  readonly outputUsdPerMillionTokens: number
  /** How the price was found, where that is not plain: disagreeing entries, a name that matched loosely. */
  readonly note: string | null
}

/** Prices by model, whatever way a file writes the model's name. Unknown is `null`, never 0. */
export type PriceBook = {
  readonly path: string
  readonly priceOf: (model: string) => TokenPrice | null
}

export type PricesResult =
  | { readonly kind: 'read'; readonly book: PriceBook }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }

const entry = z.object({
  input_per_m: z.number().min(0),
  output_per_m: z.number().min(0),
  source: z.string().optional(),
})
const priceFile = z.record(z.string(), z.array(entry).min(1))
type Entry = z.output<typeof entry> & { readonly name: string }

const shape = '{"model": [{"input_per_m": 2.5, "output_per_m": 10, "source": "…"}]}'

export async function readPrices(path: string): Promise<PricesResult> {
  const faulty = (problem: string, remedy: string): PricesResult => ({
    kind: 'faulty',
    faults: [{ path, line: null, problem, remedy }],
  })
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return faulty(`is not JSON: ${error.message}`, 'Mend the file.')
    return faulty('cannot be read', 'Check the path and its rights.')
  }
  const checked = priceFile.safeParse(json)
  if (checked.success) return { kind: 'read', book: priceBook(checked.data, path) }
  const faults = checked.error.issues.map((issue) => ({
    path,
    line: null,
    problem: `${issue.path.join('.') || 'the file'}: ${issue.message}`,
    remedy: `Write ${shape}, in dollars per million tokens.`,
  }))
  return { kind: 'faulty', faults }
}

/** A `prices.json` beside the data or one folder above it. */
export async function findPrices(dataPath: string): Promise<string | null> {
  const isFolder = await stat(dataPath).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const folder = isFolder ? resolve(dataPath) : dirname(resolve(dataPath))
  return [folder, dirname(folder)].map((place) => join(place, 'prices.json')).find(existsSync) ?? null
}

export function priceBook(file: z.output<typeof priceFile>, path: string): PriceBook {
  const byKey = new Map<string, Entry[]>()
  for (const [name, entries] of Object.entries(file)) {
    // Both prices 0 is how price lists write "not known", and would make a model look free.
    const known = entries
      .filter(({ input_per_m, output_per_m }) => input_per_m > 0 || output_per_m > 0)
      .map((entry) => ({ ...entry, name }))
    const key = modelKey(name)
    if (known.length > 0) byKey.set(key, [...(byKey.get(key) ?? []), ...known])
  }
  return { path, priceOf: (model) => lookUp(byKey, model) }
}

function lookUp(byKey: ReadonlyMap<string, readonly Entry[]>, model: string): TokenPrice | null {
  const key = modelKey(model)
  const exact = byKey.get(key)
  if (exact) return settle(exact, model, true)
  const shorter = withoutFirstWord(key)
  const loose = shorter === null ? undefined : byKey.get(shorter)
  return loose ? settle(loose, model, false) : null
}

/** Where entries disagree their median stands, of input and output each. */
function settle(entries: readonly Entry[], model: string, sameName: boolean): TokenPrice {
  const inputs = entries.map(({ input_per_m }) => input_per_m)
  const outputs = entries.map(({ output_per_m }) => output_per_m)
  const price = {
    inputUsdPerMillionTokens: median(inputs),
    outputUsdPerMillionTokens: median(outputs),
  }
  const notes: string[] = []
  if (!sameName) notes.push(`${model} is priced as ${entries[0]!.name}`)
  if (new Set(inputs).size > 1 || new Set(outputs).size > 1) {
    const each = entries.map(({ input_per_m, output_per_m }) => `$${input_per_m}/$${output_per_m}`)
    const settled = `$${price.inputUsdPerMillionTokens}/$${price.outputUsdPerMillionTokens}`
    notes.push(`prices of ${model} disagree (${each.join(', ')}): the median ${settled} is used`)
  }
  return { ...price, note: notes.length > 0 ? notes.join('; ') : null }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
