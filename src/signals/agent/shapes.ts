/** Which agent, or which framework, a request comes from: by what its prompts and tools have had for long. */

import { type Request, textOf } from '../../domain/request.ts'
import type { AgentShape } from '../../domain/signals.ts'

/** Enough of a prompt to know it by; the instructions of agents have tens of thousands of characters. */
const openingChars = 1_500

/** The beginnings of the system prompts, at most two of them: some agents put their name in one of its own. */
export function systemOpening({ messages }: Request): string {
  let opening = ''
  let read = 0
  for (const message of messages) {
    if (message.role !== 'system' && message.role !== 'developer') break
    for (const part of message.content) {
      if (part.kind !== 'text') continue
      opening += `${part.text.slice(0, openingChars)}\n`
      if (++read === 3) return opening
    }
  }
  return opening
}

const prompts: readonly (readonly [AgentShape, RegExp])[] = [
  [
    'claude-code',
    /\bYou are (?:Claude Code\b|a Claude agent, built on|an agent for Claude Code\b|a file search specialist for Claude Code\b|a software architect and planning specialist for Claude Code\b|an interactive (?:CLI tool|agent) that helps users)/,
  ],
  [
    'codex',
    /\bYou are (?:Codex\b|a coding agent running in the Codex CLI|operating as and within the Codex CLI)|\bCodex CLI harness\b/,
  ],
  ['agents-sdk', /\bmulti-agent system called the Agents SDK\b/],
]

/** What clients call themselves in the header `user-agent`. */
const clients: readonly (readonly [AgentShape, RegExp])[] = [
  ['claude-code', /^claude-(?:cli|code)\//i],
  ['codex', /^codex(?:[_-]\w+)*\//i],
  ['agents-sdk', /\bAgents\/(?:Python|JavaScript)\b/i],
  ['ai-sdk', /\bai-sdk\/|^ai\/\d/i],
]

/** Tools that stand together nowhere else; all of one row must be there. */
const toolSets: readonly (readonly [AgentShape, readonly string[]])[] = [
  ['claude-code', ['Bash', 'Read', 'Edit']],
  ['claude-code', ['Glob', 'Grep', 'Read']],
  ['claude-code', ['TodoWrite', 'Read']],
  ['codex', ['update_plan', 'apply_patch']],
  ['codex', ['update_plan', 'shell']],
  ['codex', ['update_plan', 'exec_command']],
  ['codex', ['shell_command', 'apply_patch']],
]

const mostTools = 200

/** `null`: by its header, its system prompt and its tools it could be anybody's. */
export function shapeOf(request: Request, opening: string, userAgent: string): AgentShape | null {
  for (const [shape, pattern] of clients) if (pattern.test(userAgent)) return shape
  for (const [shape, pattern] of prompts) if (pattern.test(opening)) return shape
  const { tools } = request
  if (tools.length === 0) return null
  const names = new Set(tools.slice(0, mostTools).map(({ name }) => name))
  for (const [shape, set] of toolSets) if (set.every((name) => names.has(name))) return shape
  return frameworkOf(request, names)
}

/** Both frameworks hand over by tools named transfer_to_*; what such a tool answered with tells them apart. */
function frameworkOf({ messages }: Request, names: ReadonlySet<string>): AgentShape | null {
  const handsOver = [...names].some((name) => name.startsWith('transfer_to_'))
  const transfersBack = names.has('transfer_back_to_supervisor')
  for (const message of messages.slice(-16)) {
    if (message.role !== 'tool') continue
    const text = textOf(message).slice(-400)
    if (/^Successfully transferred (?:back )?to /.test(text) || /\n Please fix your mistakes\.$/.test(text))
      return 'langgraph'
    if (/^Error: \S+ is not a valid tool, try one of \[/.test(text)) return 'langgraph'
    if (handsOver && /^\{"assistant": ?"/.test(text)) return 'agents-sdk'
    if (/^An error occurred while running the tool\. Please try again\. Error:/.test(text))
      return 'agents-sdk'
  }
  if (transfersBack) return 'langgraph'
  return handsOver ? 'agents-sdk' : null
}
