/** Requests as real agents send them, in the wire format and with the marks of each. */

import type { Request } from '../../src/domain/request.ts'
import { wireFormat } from '../../src/wire/index.ts'

/** What was said and done, one after another. Results answer the calls before them, in their order. */
export type Said =
  | { readonly by: 'user'; readonly text: string }
  | { readonly by: 'agent'; readonly text: string }
  | { readonly by: 'call'; readonly name: string; readonly input: object }
  | { readonly by: 'tool'; readonly text: string; readonly failed?: boolean }

export const u = (text: string): Said => ({ by: 'user', text })
export const a = (text: string): Said => ({ by: 'agent', text })
export const c = (name: string, input: object = {}): Said => ({ by: 'call', name, input })
export const r = (text: string): Said => ({ by: 'tool', text })
/** A result that the format itself marks as an error, where it can. */
export const bad = (text: string): Said => ({ by: 'tool', text, failed: true })

type Kit = {
  readonly format: 'anthropic-messages' | 'openai-chat' | 'openai-responses'
  readonly system: string | null
  readonly tools: readonly string[]
}

export const kits = {
  claudeCode: {
    format: 'anthropic-messages',
    system:
      "You are Claude Code, Anthropic's official CLI for Claude.\nYou are an interactive CLI tool that helps users with software engineering tasks.",
    tools: [
      'Task',
      'Bash',
      'Glob',
      'Grep',
      'Read',
      'Edit',
      'MultiEdit',
      'Write',
      'WebFetch',
      'TodoWrite',
      'BashOutput',
    ],
  },
  /** Its calls of the small model: no tools. */
  claudeSide: {
    format: 'anthropic-messages',
    system: "You are Claude Code, Anthropic's official CLI for Claude.",
    tools: [],
  },
  codex: {
    format: 'openai-responses',
    system: 'You are a coding agent running in the Codex CLI, a terminal-based coding assistant.',
    tools: ['shell', 'apply_patch', 'update_plan', 'view_image'],
  },
  agentsSdk: {
    format: 'openai-responses',
    system:
      '# System context\nYou are part of a multi-agent system called the Agents SDK, designed to make agent coordination easy.\nYou are a support agent of an airline.',
    tools: ['transfer_to_refund_agent', 'lookup_booking', 'change_seat'],
  },
  triage: {
    format: 'openai-responses',
    system: 'You are a triage agent. Hand the customer over to whoever can help.',
    tools: ['transfer_to_refund_agent', 'transfer_to_sales_agent'],
  },
  langGraph: {
    format: 'openai-chat',
    system: 'You are a research expert with access to web search.',
    tools: ['web_search', 'read_page', 'python_repl', 'transfer_back_to_supervisor'],
  },
  /** The AI SDK puts no mark of its own into a request's body. */
  aiSdk: {
    format: 'openai-chat',
    system: 'You are a helpful assistant. Use tools where they help.',
    tools: ['getWeather', 'searchDocs', 'writeFile', 'runTests'],
  },
  graphNode: { format: 'openai-chat', system: null, tools: [] },
  shellText: {
    format: 'openai-chat',
    system:
      'You can interact with a shell. Write one command in a bash block, and its output will be given to you.',
    tools: [],
  },
} as const satisfies Readonly<Record<string, Kit>>

export type KitName = keyof typeof kits

/** The request that an agent sends at the end of `said`. */
export function agentRequest(kit: KitName, said: readonly Said[], changes: object = {}): Request {
  return agentAsked(kit, said, changes).request
}

export function agentAsked(kit: KitName, said: readonly Said[], changes: object = {}) {
  const body = { ...agentBody(kit, said), ...changes }
  const decoded = wireFormat(kits[kit].format).decodeRequest(body)
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  return decoded.value
}

export function agentBody(kit: KitName, said: readonly Said[]): object {
  switch (kits[kit].format) {
    case 'anthropic-messages':
      return anthropicBody(kits[kit], said)
    case 'openai-chat':
      return chatBody(kits[kit], said)
    case 'openai-responses':
      return responsesBody(kits[kit], said)
  }
}

const parameters = { type: 'object', properties: {}, additionalProperties: true }

/** Neighbours of one speaker are one message, as the format wants it. */
function anthropicBody({ system, tools }: Kit, said: readonly Said[]): object {
  const messages: { role: string; content: object[] }[] = []
  const ids = idsOf(said, 'toolu_')
  for (const [place, one] of said.entries()) {
    const role = one.by === 'user' || one.by === 'tool' ? 'user' : 'assistant'
    const block =
      one.by === 'call'
        ? { type: 'tool_use', id: ids[place], name: one.name, input: one.input }
        : one.by === 'tool'
          ? {
              type: 'tool_result',
              tool_use_id: ids[place],
              content: one.text,
              ...(one.failed && { is_error: true }),
            }
          : { type: 'text', text: one.text }
    if (messages.at(-1)?.role === role) messages.at(-1)!.content.push(block)
    else messages.push({ role, content: [block] })
  }
  return {
    model: 'auto',
    max_tokens: 8_000,
    ...(system && { system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }] }),
    messages,
    ...(tools.length > 0 && { tools: tools.map((name) => ({ name, input_schema: parameters })) }),
  }
}

function chatBody({ system, tools }: Kit, said: readonly Said[]): object {
  const messages: Record<string, unknown>[] = system === null ? [] : [{ role: 'system', content: system }]
  const ids = idsOf(said, 'call_')
  for (const [place, one] of said.entries()) {
    if (one.by === 'call') {
      const call = {
        id: ids[place],
        type: 'function',
        function: { name: one.name, arguments: JSON.stringify(one.input) },
      }
      const last = messages.at(-1)
      if (last?.role === 'assistant') last.tool_calls = [...((last.tool_calls ?? []) as object[]), call]
      else messages.push({ role: 'assistant', content: null, tool_calls: [call] })
    } else if (one.by === 'tool') messages.push({ role: 'tool', tool_call_id: ids[place], content: one.text })
    else messages.push({ role: one.by === 'user' ? 'user' : 'assistant', content: one.text })
  }
  const offered = tools.map((name) => ({ type: 'function', function: { name, parameters } }))
  return { model: 'auto', messages, ...(offered.length > 0 && { tools: offered }) }
}

function responsesBody({ system, tools }: Kit, said: readonly Said[]): object {
  const ids = idsOf(said, 'call_')
  const input = said.map((one, place) => itemOf(one, ids[place]!))
  const offered = tools.map((name) => ({ type: 'function', name, parameters, strict: false }))
  return {
    model: 'auto',
    ...(system && { instructions: system }),
    input,
    ...(offered.length > 0 && { tools: offered }),
  }
}

function itemOf(one: Said, id: string): object {
  switch (one.by) {
    case 'call':
      return { type: 'function_call', call_id: id, name: one.name, arguments: JSON.stringify(one.input) }
    case 'tool':
      return { type: 'function_call_output', call_id: id, output: one.text }
    case 'user':
      return { type: 'message', role: 'user', content: [{ type: 'input_text', text: one.text }] }
    case 'agent':
      return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: one.text }] }
  }
}

/** The id of each call, and of each result that of the first call without one. */
function idsOf(said: readonly Said[], prefix: string): readonly string[] {
  const open: string[] = []
  return said.map(({ by }, place) => {
    if (by === 'call') {
      open.push(`${prefix}${place}`)
      return open.at(-1)!
    }
    return by === 'tool' ? (open.shift() ?? `${prefix}none`) : ''
  })
}
