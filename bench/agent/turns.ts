/**
 * Many turns of agents of several kinds, one conversation after another, and where the model changed in them. What is unsafe is
 * known from how a turn was made, not from what the code that serves takes it for.
 */

import { type Draw, integerBetween, pick, seededDraw } from '../../src/domain/random.ts'
import { createSessions } from '../../src/engine/sessions/sessions.ts'
import { viewSession } from '../../src/engine/sessions/session-view.ts'
import { simulate } from '../../src/engine/simulate.ts'
import type { Decider } from '../../src/gateway/decider.ts'
import { wireFormat } from '../../src/wire/index.ts'
import {
  a,
  agentBody,
  bad,
  c,
  type KitName,
  kits,
  r,
  type Said,
  u,
} from '../../test/support/agent-conversations.ts'
import { noUsage } from '../../src/domain/answer.ts'
import type { Contender } from './contenders.ts'

type Hazard = 'none' | 'tool-loop' | 'seals' | 'vendor-state'
type GeneratedTurn = {
  readonly conversation: number
  readonly kit: KitName
  readonly body: object
  readonly hazard: Hazard
  readonly idleMs: number
}

const words = [
  'Rename the option in every place that reads it.',
  'Why does the second run give another result than the first? Think it through.',
  'Plan how to move the store to PostgreSQL without stopping the service.',
  'Run the tests again.',
  'Summarise what you have changed so far.',
  'It still fails with the same error.',
  'Find where the limit is read from the environment.',
  'Implement the cache with a bound on its size, and prove that it is never exceeded.',
  'ok',
  'What is the capital of France?',
  'Make the change, and keep the old name as an alias.',
  'Explain the trade-offs between the two designs.',
]
const note = '<system-reminder>\nThe todo list is empty. Do not mention this.\n</system-reminder>'
const signature = 'EqQBCkgIARABGAIiQL8mVrrZ0mVrrZ0mVrrZ0mVrrZ0mVrrZ0mVrrZ0mVrr'
const filler = 'The parser keeps a table of what has been read, and a cursor into it. '

export function generatedTurns(count: number, seed: string): readonly GeneratedTurn[] {
  const turns: GeneratedTurn[] = []
  for (let conversation = 0; turns.length < count; conversation++)
    turns.push(...conversationOf(conversation, seededDraw(`${seed} ${conversation}`)))
  return turns.slice(0, count)
}

function conversationOf(conversation: number, draw: Draw): readonly GeneratedTurn[] {
  const kit = pick(draw, ['claudeCode', 'claudeCode', 'codex', 'agentsSdk', 'langGraph', 'aiSdk'] as const)
  const seals = kit === 'claudeCode' && draw() < 0.2
  const keeps = kits[kit].format === 'openai-responses' && draw() < 0.3
  const said: Said[] = []
  const turns: GeneratedTurn[] = []
  let from = 0
  const ask = (open: boolean): void => {
    const first = turns.length === 0
    const hazard: Hazard = first
      ? 'none'
      : keeps
        ? 'vendor-state'
        : seals
          ? 'seals'
          : open
            ? 'tool-loop'
            : 'none'
    turns.push({
      conversation,
      kit,
      body: {
        ...bodyOf(kit, keeps && !first ? said.slice(from) : said, seals),
        ...(keeps && !first && { previous_response_id: `resp_${conversation}` }),
        fairlead: { session: `conversation ${conversation}` },
      },
      hazard,
      idleMs: draw() < 0.08 ? integerBetween(draw, 300_000, 2_000_000) : integerBetween(draw, 1_000, 60_000),
    })
    from = said.length
  }
  for (let user = integerBetween(draw, 1, 5); user > 0; user--) {
    said.push(u(`${pick(draw, words)} ${draw() < 0.3 ? filler.repeat(integerBetween(draw, 5, 200)) : ''}`))
    ask(false)
    for (let round = integerBetween(draw, 0, 7); round > 0; round--) {
      const [name, input, text] = pick(draw, calls)
      said.push(
        c(name, input),
        draw() < 0.2 ? bad('Exit code 1\nError: it failed') : r(text.repeat(integerBetween(draw, 1, 30))),
      )
      // As Claude Code does it: a note behind the results, in the same message.
      if (kit === 'claudeCode' && draw() < 0.2) said.push(u(note))
      ask(true)
    }
    said.push(a('That is done.'))
  }
  return turns
}

const calls = [
  ['Read', { file_path: 'src/parser.ts' }, filler],
  ['Grep', { pattern: 'limit' }, 'src/limits.ts:4: const limit = 3\n'],
  ['Edit', { file_path: 'src/parser.ts', old_string: 'a', new_string: 'b' }, 'The file has been updated. '],
  ['Bash', { command: 'npm test' }, '12 passed\n'],
  ['shell', { command: ['bash', '-lc', 'cat src/limits.ts'] }, filler],
] as const

function bodyOf(kit: KitName, said: readonly Said[], seals: boolean): object {
  const body = agentBody(kit, said)
  if (!seals) return body
  const { messages } = body as { messages: { role: string; content: object[] }[] }
  const thought = { type: 'thinking', thinking: 'Let me see.', signature }
  return {
    ...body,
    messages: messages.map((message) =>
      message.role === 'assistant' ? { ...message, content: [thought, ...message.content] } : message,
    ),
  }
}

export type Switches = {
  readonly turns: number
  readonly switches: number
  readonly unsafe: Readonly<Record<Exclude<Hazard, 'none'>, number>>
}

export function switchesOf(
  decider: Decider,
  contender: Contender,
  turns: readonly GeneratedTurn[],
): Switches {
  let now = 0
  let switches = 0
  const unsafe = { 'tool-loop': 0, seals: 0, 'vendor-state': 0 }
  const sessions = createSessions(
    { affinity: true, ttlMs: 3_600_000, maxSessions: 10_000, cacheMs: 300_000 },
    () => now,
  )
  let last = { conversation: -1, model: '' }
  for (const { conversation, kit, body, hazard, idleMs } of turns) {
    now += idleMs
    const decoded = wireFormat(kits[kit].format).decodeRequest({ ...body, model: contender.policy })
    if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
    const { request, options } = decoded.value
    const view = contender.remembers ? viewSession(sessions, request, options, JSON.stringify(body)) : null
    const considered = decider.consider(decoded.value, null, view)
    if (considered.kind === 'failed') throw new Error(considered.failure.message)
    const { turn, policy } = considered.considered
    const usage = { ...noUsage, inputTokens: turn.signals.inputTokens, outputTokens: 150 }
    const { final } = simulate(policy.choose, turn, (candidate) => ({
      kind: 'answered',
      candidate,
      answer: { model: candidate.id, parts: [], finish: { kind: 'stop', raw: 'stop' }, usage, logprobs: [] },
      usd: 0.001,
      latencyMs: 1,
    }))
    if (final?.kind !== 'answered') throw new Error('nobody answered')
    const model = final.candidate.id
    if (view)
      sessions.note(view.key, { model, target: `${model}@1`, credential: 'key', usage, usd: 0.001 }, view)
    if (last.conversation === conversation && last.model !== model) {
      switches++
      if (hazard !== 'none') unsafe[hazard]++
    }
    last = { conversation, model }
  }
  return { turns: turns.length, switches, unsafe }
}

export const switchesTable = (rows: readonly (readonly [string, Switches])[]): string =>
  [
    '| who chooses | turns | changes of model | in an open tool loop | with sealed reasoning | with state that a vendor keeps |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ([name, { turns, switches, unsafe }]) =>
        `| ${name} | ${turns} | ${switches} | ${unsafe['tool-loop']} | ${unsafe.seals} | ${unsafe['vendor-state']} |`,
    ),
  ].join('\n')
