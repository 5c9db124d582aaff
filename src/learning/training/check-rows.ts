import { language } from '../../signals/language.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { textOfRow } from '../outcomes/row-request.ts'

/** What is wrong with rows as something to learn from: `faults` forbid it, `warnings` are to be known. */
export type RowChecks = { readonly faults: readonly string[]; readonly warnings: readonly string[] }

export type CheckOptions = {
  /** Names near to one that the catalogue does not know; `null` for a name that it knows. */
  readonly closestTo: (name: string) => readonly string[] | null
  /** Below this many outcomes a model gets no head of its own. */
  readonly leastOutcomes: number
}

const leastPrompts = 50
/** Names in one line of a warning. */
const namesShown = 12

export function checkRows(
  rows: readonly OutcomeRow[],
  { closestTo, leastOutcomes }: CheckOptions,
): RowChecks {
  const models = modelsOf(rows)
  const prompts = new Set(rows.map(({ qhash }) => qhash)).size
  const faults = [...tooFew(prompts), ...oneClass(models)]
  const few = [...models].filter(([, { count }]) => count < leastOutcomes)
  const constant = [...models].filter(([, { least, most }]) => least === most)
  return {
    faults,
    warnings: [
      ...listed(
        few,
        ([name, { count }]) => `${name} (${count})`,
        (names) =>
          `Fewer than ${leastOutcomes} outcomes, so that these get no head of their own and are placed by their descriptors: ${names}.`,
      ),
      ...(faults.length > 0
        ? []
        : listed(
            constant,
            ([name, { least }]) => `${name} (always ${least})`,
            (names) =>
              `Outcomes that are all the same teach nothing of which prompts a model is good at: ${names}.`,
          )),
      ...unknownModels([...models.keys()], closestTo),
      ...repeatedQuestions(rows.length, prompts),
      ...strangeSets(rows),
    ],
  }
}

type Seen = { count: number; least: number; most: number }

function modelsOf(rows: readonly OutcomeRow[]): Map<string, Seen> {
  const models = new Map<string, Seen>()
  for (const { outcomes } of rows) {
    for (const [name, { score }] of outcomes) {
      const seen = models.get(name) ?? { count: 0, least: 1, most: 0 }
      models.set(name, {
        count: seen.count + 1,
        least: Math.min(seen.least, score),
        most: Math.max(seen.most, score),
      })
    }
  }
  return models
}

const tooFew = (prompts: number): string[] =>
  prompts >= leastPrompts
    ? []
    : [
        `There are ${prompts} prompts, and training needs ${leastPrompts} at the least; some hundreds are better. ` +
          'Add rows, or route with the shipped router.',
      ]

/** A score of 1/2 or more counts as good: with one kind only there is nothing to tell apart. */
function oneClass(models: ReadonlyMap<string, Seen>): string[] {
  const least = Math.min(...[...models.values()].map((seen) => seen.least))
  const most = Math.max(...[...models.values()].map((seen) => seen.most))
  if (least < 0.5 && most >= 0.5) return []
  const kind = most < 0.5 ? 'below 0.5: no answer counts as good' : '0.5 or more: no answer counts as bad'
  return [
    `All scores are ${kind}, so that there is nothing to tell apart. ` +
      'Check how scores were made (score tables: --score-range, --lower-is-better).',
  ]
}

function listed<Item>(
  items: readonly Item[],
  describe: (item: Item) => string,
  sentence: (names: string) => string,
): string[] {
  if (items.length === 0) return []
  const rest = items.length - namesShown
  const names = items.slice(0, namesShown).map(describe).join(', ')
  return [sentence(rest > 0 ? `${names} and ${rest} more` : names)]
}

function unknownModels(names: readonly string[], closestTo: CheckOptions['closestTo']): string[] {
  const unknown = names.flatMap((name) => {
    const closest = closestTo(name)
    return closest === null ? [] : [closest.length > 0 ? `${name} (near: ${closest.join(', ')})` : name]
  })
  return listed(
    unknown,
    (name) => name,
    (list) =>
      `Not in the catalogue, so that what is learnt of these serves only a model that you configure under the same name: ${list}.`,
  )
}

const repeatedQuestions = (rows: number, prompts: number): string[] =>
  rows === prompts
    ? []
    : [
        `${rows - prompts} of ${rows} rows repeat a question of another; they stay on one side of every split.`,
      ]

/** Share of the prompts by language; prompts that do not tell are left out. */
export function languageShares(rows: readonly OutcomeRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  let told = 0
  for (const row of rows) {
    const code = language(textOfRow(row))
    if (code === 'und') continue
    counts[code] = (counts[code] ?? 0) + 1
    told++
  }
  return Object.fromEntries(Object.entries(counts).map(([code, count]) => [code, count / told]))
}

/** A language is strange where it is common here and rare there. */
const common = 0.1
const rare = 0.02

/** Languages of a tenth or more of `here` that `there` hardly has. */
export const strangeLanguages = (
  here: Readonly<Record<string, number>>,
  there: Readonly<Record<string, number>>,
): string[] =>
  Object.entries(here)
    .filter(([code, share]) => share >= common && (there[code] ?? 0) < rare)
    .map(([code, share]) => `${code} (${Math.round(share * 100)} %)`)

/** Sets that can't lean on the others, for want of their language. */
function strangeSets(rows: readonly OutcomeRow[]): string[] {
  const sets = new Set(rows.map(({ dataset }) => dataset))
  if (sets.size < 2) return []
  return [...sets].flatMap((set) => {
    const own = languageShares(rows.filter(({ dataset }) => dataset === set))
    const strange = strangeLanguages(own, languageShares(rows.filter(({ dataset }) => dataset !== set)))
    return strange.length === 0
      ? []
      : [
          `${set} is in languages that the other sets hardly have: ${strange.join(', ')}. It learns from itself only.`,
        ]
  })
}
