/** What decisions are shown, as it stands in the address. */

import type { DecisionLine } from '../../api/types.ts'

export const filterNames = [
  'text',
  'policy',
  'model',
  'status',
  'since',
  'key',
  'tag',
  'session',
  'experiment',
] as const
export type FilterName = (typeof filterNames)[number]
export type Filters = Readonly<Partial<Record<FilterName, string>>>

export const filtersOf = (search: URLSearchParams): Filters =>
  Object.fromEntries(filterNames.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])))

/** Whether something that has just happened belongs into the list: the gateway's own filter, for what a line knows of. */
export function fits(line: DecisionLine, filters: Filters): boolean {
  const { text, policy, model, status, key, tag, session, experiment } = filters
  return (
    (policy === undefined || line.policy === policy) &&
    (model === undefined || line.model === model) &&
    (status === undefined || line.status === status) &&
    (key === undefined || line.caller?.key === key) &&
    (session === undefined || line.caller?.session === session) &&
    (tag === undefined || line.caller?.tags.includes(tag) === true) &&
    (experiment === undefined || line.experiment?.id === experiment) &&
    (text === undefined || holds(line, text.toLowerCase()))
  )
}

const holds = ({ id, policy, chosen, model, because }: DecisionLine, text: string): boolean =>
  [id, policy, chosen, model, because].some((one) => one?.toLowerCase().includes(text) === true)

/** The new ones first; one that was under way gives its place to what it came to. */
export function merged(
  arrived: readonly DecisionLine[],
  page: readonly DecisionLine[],
  most: number,
): readonly DecisionLine[] {
  const known = new Map(arrived.map((line) => [line.id, line]))
  const rest = page.filter(({ id }) => !known.has(id))
  return [...arrived, ...rest].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0)).slice(0, most)
}
