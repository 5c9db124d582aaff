/** What a router model wants, read from the tool calls that it wrote; what is malformed is told to it. */

import type { Answer } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { ToolCall } from '../../domain/request.ts'
import { handOver, type PoolTool } from './tools.ts'

export type Wish =
  /** `question` null: the client's request as it stands. */
  | {
      readonly kind: 'ask'
      readonly id: string
      readonly candidate: Candidate
      readonly question: string | null
    }
  | { readonly kind: 'hand-over'; readonly id: string; readonly candidate: Candidate }
  | { readonly kind: 'malformed'; readonly id: string; readonly fault: string }

export function wishesOf(answer: Answer, pool: readonly PoolTool[], questionChars: number): readonly Wish[] {
  const seen = new Set<string>()
  return answer.parts.flatMap((part) => {
    // Of two calls under one id only one result can be told apart.
    if (part.kind !== 'tool-call' || seen.has(part.id)) return []
    seen.add(part.id)
    return [wishOf(part, pool, questionChars)]
  })
}

function wishOf(call: ToolCall, pool: readonly PoolTool[], questionChars: number): Wish {
  const { id, name } = call
  const malformed = (fault: string): Wish => ({ kind: 'malformed', id, fault })
  const given = argumentsOf(call.argumentsText)
  if (given === null) return malformed('The arguments are not a JSON object.')
  // By the whole name: one model's name may be a part of another's.
  if (name === handOver) {
    const named = pool.find(({ tool }) => tool.name === given.tool)
    return named
      ? { kind: 'hand-over', id, candidate: named.candidate }
      : malformed(`"tool" must be one of ${pool.map(({ tool }) => tool.name).join(', ')}.`)
  }
  const asked = pool.find(({ tool }) => tool.name === name)
  if (!asked)
    return malformed(
      `There is no tool ${name.slice(0, 80)}. There are ${pool.map(({ tool }) => tool.name).join(', ')}.`,
    )
  const { question } = given
  if (question !== undefined && question !== null && typeof question !== 'string')
    return malformed('"question" must be a text.')
  const text = question?.trim() ?? ''
  if (text.length > questionChars)
    return malformed(`The question is longer than ${questionChars} characters.`)
  return { kind: 'ask', id, candidate: asked.candidate, question: text === '' ? null : text }
}

function argumentsOf(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}
