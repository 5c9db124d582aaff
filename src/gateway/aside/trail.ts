/** Where in a conversation a request stands, as hashes: what it goes on from, what it says, and what came of an answer's tools. */

import { hash } from 'node:crypto'
import type { Decision } from '../../domain/decision.ts'
import { hash32 } from '../../domain/random.ts'
import { type Message, type Request, textOf, type ToolCall } from '../../domain/request.ts'
import { readResult } from '../../signals/agent/results.ts'
import { toolKind } from '../../signals/agent/tools.ts'

export type Trail = {
  /**
   * Everything before the user's last words, and whose it is. Requests with one key stand at the same point of one conversation;
   * `null`: that can't be told, since nothing stands before them, and they name nobody or are but a word or two.
   */
  readonly turnKey: string | null
  readonly saidHash: number
  /** Hashes of the user's last words, each once, in order of size; at most `mostWords`. */
  readonly words: Uint32Array
  /** The whole of it. */
  readonly wholeKey: string
  /** Of the calls that the last answer made: `of` is the whole of the request that it answered. `null`: it ends with no results. */
  readonly results: { readonly of: string; readonly failed: boolean } | null
}

/** Long messages are told apart by their ends and their length. */
const endChars = 512
const mostWords = 64
const fewestChars = 12

/** A conversation that the vendor keeps has only its last turn in the request. */
const previousOf = ({ extra }: Request): string | null =>
  typeof extra.previous_response_id === 'string' ? extra.previous_response_id : null

export function trailOf(request: Request, { caller }: Pick<Decision, 'caller'>): Trail {
  const { messages } = request
  const goesOnFrom = previousOf(request)
  const names = [caller?.key, caller?.user ?? request.user, caller?.session, goesOnFrom]
  const whose = names.map((one) => one ?? '').join('\n')
  const at = messages.findLastIndex(({ role }) => role === 'user')
  const said = at < 0 ? '' : textOf(messages[at]!)
  const goesOn = goesOnFrom !== null || messages.slice(0, at).some(({ role }) => role === 'assistant')
  // Who sends nothing of what was said before may well say "go on" twice.
  const isSomebodys = goesOn || (whose.trim() !== '' && said.trim().length >= fewestChars)
  // Whoever spoke last is the user: in the middle of an agent's work the same words stand before every step.
  const speaks = at >= 0 && at === messages.length - 1
  return {
    turnKey: speaks && isSomebodys ? keyOf(whose, messages.slice(0, at)) : null,
    saidHash: hash32(said),
    words: wordsOf(said),
    wholeKey: keyOf(whose, messages),
    results: resultsOf(whose, messages),
  }
}

/** Shared words over all words (Jaccard), 0 to 1. */
export function likeness(one: Uint32Array, other: Uint32Array): number {
  let shared = 0
  for (let [i, j] = [0, 0]; i < one.length && j < other.length; ) {
    const [a, b] = [one[i]!, other[j]!]
    if (a === b) shared++
    if (a <= b) i++
    if (b <= a) j++
  }
  const all = one.length + other.length - shared
  return all === 0 ? 0 : shared / all
}

function keyOf(whose: string, messages: readonly Message[]): string {
  let text = `${whose}\n${messages.length}\n`
  for (const message of messages) text += `${message.role} ${tokenOf(message)}\n`
  return hash('sha256', text, 'base64url').slice(0, 24)
}

function tokenOf(message: Message): string {
  const text = textOf(message)
  const ends = text.length <= 2 * endChars ? text : text.slice(0, endChars) + text.slice(-endChars)
  const calls = callsOf(message).map(({ id }) => id)
  return `${text.length} ${ends} ${calls.join(' ')}`
}

const callsOf = (message: Message): readonly ToolCall[] =>
  message.role === 'assistant' ? message.content.filter((part) => part.kind === 'tool-call') : []

function wordsOf(text: string): Uint32Array {
  const words = new Set<number>()
  for (const [word] of text
    .slice(0, 4 * endChars)
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}]+/gu)) {
    words.add(hash32(word))
    if (words.size === mostWords) break
  }
  return Uint32Array.from(words).sort()
}

/** Results stand behind the answer that called for them, and nothing else does. */
function resultsOf(whose: string, messages: readonly Message[]): Trail['results'] {
  const at = messages.findLastIndex(({ role }) => role === 'assistant')
  const after = messages.slice(at + 1)
  const calls = at < 0 ? [] : callsOf(messages[at]!)
  if (calls.length === 0 || after.length === 0 || after.some(({ role }) => role !== 'tool')) return null
  const failed = after.some((message) => {
    if (message.role !== 'tool') return false
    const call = calls.find(({ id }) => id === message.toolCallId)
    const kind = call === undefined ? 'other' : toolKind(call.name, call.argumentsText)
    return readResult(textOf(message), message.isError === true, kind).failed
  })
  return { of: keyOf(whose, messages.slice(0, at)), failed }
}
