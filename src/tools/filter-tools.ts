import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Request, Tool } from '../domain/request.ts'
import type { TextEmbedder } from '../domain/strategy.ts'
import type { KeptTools, ToolFilterRules } from '../domain/tool-filter.ts'
import { inputTokens } from '../signals/input-tokens.ts'
import { turnQueries, userTurns } from './conversation-query.ts'
import { namedTools } from './named-tools.ts'
import { type Need, neededTools, selectTools } from './select-tools.ts'
import { createTermReader } from './terms.ts'
import { createIndexCache } from './index-cache.ts'
import type { ToolIndex } from './tool-index.ts'
import { type QueryText, type ToolQuery, toolQuery } from './tool-query.ts'

export type FilteredTools = {
  /** The request itself where nothing is dropped. */
  readonly request: Request
  /** In the request's order; the definitions are those of the request. */
  readonly kept: readonly Tool[]
  readonly dropped: readonly Tool[]
  /** Estimated prompt tokens of what was dropped. */
  readonly tokensSaved: number
  /** The chance, 0 to 1, that the tool which the user's last turn wants is kept, where it wants one. */
  readonly confidence: number
  /** For whoever reads the decision. */
  readonly because: string
}

/**
 * Chooses among a request's tools those that its conversation may want. What a conversation was offered once it is always
 * offered: the selection of each of the user's turns is made again from the turns up to it, and they add up. So the same
 * conversation leads to the same tools in any process, a longer one to no fewer, and vendors' prompt caches are lost only
 * when a turn asks for something new.
 *
 * @param offered names that this conversation has been offered before, from wherever that is remembered: what keeps them
 *   where a client has cut its history or changed its catalogue
 */
export type ToolFilter = (
  request: Request,
  rules: ToolFilterRules,
  offered?: ReadonlySet<string>,
) => FilteredTools

/** Of longer conversations nothing more is dropped: their turns want nearly anything, and reading them all takes time. */
const mostTurns = 64
/** Of more tools nothing is dropped either: reading a catalogue takes some 70 microseconds for each, in which nobody else is served. */
const mostTools = 2_000
/** Of all remembered turns together, one for each tool of each turn: eight bytes each. */
const mostChances = 1_000_000

/**
 * Remembers catalogues and what turns wanted of them; what it answers hangs on neither.
 *
 * @param embedder the built-in encoder; `null`: words alone decide
 */
export function createToolFilter(embedder: TextEmbedder | null): ToolFilter {
  const reader = createTermReader()
  const indexOf = createIndexCache(reader, embedder)
  const known = new LRUCache<string, Wish>({ maxSize: mostChances, sizeCalculation: sizeOf })
  return (request, rules, offered = new Set()) => {
    if (request.tools.length <= rules.above) return allKept(request, 'the request has few tools')
    if (request.tools.length > mostTools) return allKept(request, 'they are too many to be read')
    if (userTurns(request.messages) > mostTurns) return allKept(request, 'the conversation is long')
    const { id, index } = indexOf(request.tools)
    const wish = (texts: readonly QueryText[], isFirst: boolean): Wish => {
      const key = hash('sha256', JSON.stringify([id, rules.keep, isFirst, texts]), 'base64')
      const found = known.get(key)
      if (found) return found
      const wanted = wishOf(index, toolQuery(texts, reader), rules.keep, isFirst)
      known.set(key, wanted)
      return wanted
    }
    const wishes = turnQueries(request, mostTurns).map((texts, turn) => wish(texts, turn === 0))
    if (wishes.length === 0) return allKept(request, 'no text of a user says what is wanted')
    const places = granted(wishes)
    if (places === 'all') return allKept(request, 'no tool has the words of what the user said')
    const named = namedTools(request)
    // With its mark a tool would take the whole prefix's place in the vendor's cache along.
    const isKept = ({ name, cache }: Tool, place: number) =>
      places.has(place) ||
      cache !== undefined ||
      named.has(name) ||
      offered.has(name) ||
      isAlways(rules.always, name)
    return withTools(request, request.tools.map(isKept), wishes.at(-1)!)
  }
}

/** What one turn wants. */
type Wish =
  /** Words that no tool has, such as those of another language, are no reason to drop any. */
  | { readonly kind: 'all' }
  /** `Thank you` adds nothing to what is offered. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tools'; readonly need: Need; readonly chances: Float64Array }

/** A turn counts for something however little is remembered of it. */
const leastSize = 32
const sizeOf = (wish: Wish): number => leastSize + (wish.kind === 'tools' ? wish.chances.length : 0)

/** Below this share of words that tools know, and with so many, a turn speaks of something that the words don't show. */
const leastKnownShare = 0.16
const fewestTellingWords = 3

function wishOf(index: ToolIndex, query: ToolQuery, keep: KeptTools, isFirst: boolean): Wish {
  const ranking = index.rank(query)
  const { knownShare, chances } = ranking
  const isUnknown = knownShare === null || knownShare < leastKnownShare
  if (isUnknown && query.said.length >= fewestTellingWords) return { kind: 'all' }
  if (!isFirst) {
    return isUnknown ? { kind: 'nothing' } : { kind: 'tools', need: neededTools(ranking, keep), chances }
  }
  const kept = selectTools(ranking, keep)
  return { kind: 'tools', need: { kept, pressing: kept }, chances }
}

/** Places of what a conversation is offered, turn after turn. */
function granted(wishes: readonly Wish[]): ReadonlySet<number> | 'all' {
  const places = new Set<number>()
  for (const wish of wishes) {
    if (wish.kind === 'all') return 'all'
    if (wish.kind === 'nothing' || wish.need.pressing.every((place) => places.has(place))) continue
    for (const place of wish.need.kept) places.add(place)
  }
  return places
}

const isAlways = (always: readonly string[], name: string): boolean =>
  always.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))

function withTools(request: Request, isKept: readonly boolean[], wish: Wish): FilteredTools {
  const kept = request.tools.filter((_, place) => isKept[place])
  const dropped = request.tools.filter((_, place) => !isKept[place])
  if (dropped.length === 0) return allKept(request, 'the conversation may want any of them')
  return {
    request: { ...request, tools: kept },
    kept,
    dropped,
    tokensSaved: toolTokens(request, dropped),
    confidence: confidenceOf(wish, isKept),
    because: `kept ${kept.length} of ${request.tools.length} tools for what the conversation asks`,
  }
}

/** Of a turn that says nothing in words, the share of tools that are kept. */
function confidenceOf(wish: Wish, isKept: readonly boolean[]): number {
  if (wish.kind !== 'tools') return isKept.filter(Boolean).length / isKept.length
  return Math.min(
    1,
    wish.chances.reduce((sum, chance, place) => sum + (isKept[place] ? chance : 0), 0),
  )
}

const allKept = (request: Request, because: string): FilteredTools => ({
  request,
  kept: request.tools,
  dropped: [],
  tokensSaved: 0,
  confidence: 1,
  because: `kept all tools: ${because}`,
})

/** As `inputTokens` counts them: the difference that they make. */
function toolTokens(request: Request, tools: readonly Tool[]): number {
  const bare: Request = { ...request, messages: [], tools: [], responseFormat: { kind: 'text' } }
  return inputTokens({ ...bare, tools }) - inputTokens(bare)
}
