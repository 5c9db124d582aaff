import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  a,
  agentRequest,
  bad,
  c,
  type KitName,
  r,
  type Said,
  u,
} from '../../../test/support/agent-conversations.ts'
import { labelledTurns } from '../../../test/support/agent-turns.ts'
import { turnsApart } from '../../../test/support/agent-turns-apart.ts'
import { aRequest } from '../../../test/support/builders.ts'
import type { Message, Request } from '../../domain/request.ts'
import type { ToolKind } from '../../domain/signals.ts'
import { agentSignals } from './index.ts'
import { readResult } from './results.ts'
import { toolKind } from './tools.ts'

describe('the step of a turn', () => {
  test.each(labelledTurns.map((turn, place) => [place, ...turn] as const))(
    '%i is %s (%s)',
    (_place, step, kit, said, changes) => {
      expect(agentSignals(agentRequest(kit, said, changes ?? {}))?.step).toBe(step)
    },
  )
})

test('turns that the rules were not written for are told as well, but for a few', () => {
  const right = turnsApart.filter(
    ([step, kit, said, changes]) => agentSignals(agentRequest(kit, said, changes ?? {}))?.step === step,
  )
  expect(labelledTurns.length + turnsApart.length).toBeGreaterThanOrEqual(120)
  // 63 of 65; docs/agents.md says which two are not.
  expect(right.length).toBeGreaterThanOrEqual(63)
})

const signals = (...of: Parameters<typeof agentRequest>) => agentSignals(agentRequest(...of))!
const task = u('Repair the parser.')

describe('whose request it is', () => {
  test.each<readonly [string, KitName, readonly Said[]]>([
    ['claude-code', 'claudeCode', [task]],
    ['claude-code', 'claudeSide', [u('Please write a 5-10 word title for the following conversation: …')]],
    ['codex', 'codex', [task]],
    ['agents-sdk', 'agentsSdk', [task]],
    ['agents-sdk', 'triage', [task]],
    ['langgraph', 'langGraph', [task]],
    ['tool-loop', 'aiSdk', [task, c('getWeather'), r('{}')]],
    [
      'text-tools',
      'shellText',
      [task, a('```bash\nls\n```'), u('<returncode>0</returncode>\n<output>\na.py\n</output>')],
    ],
  ])('%s (%s)', (shape, kit, said) => {
    expect(signals(kit, said).shape).toBe(shape)
  })

  test('is known by tools alone where the system prompt is somebody’s own', () => {
    const own = { system: 'You help the team of Acme.' }
    expect(signals('claudeCode', [task], own).shape).toBe('claude-code')
    expect(signals('codex', [task], { instructions: 'You help the team of Acme.' }).shape).toBe('codex')
  })

  test.each([
    ['ai-sdk', 'ai/5.0.60 ai-sdk/provider-utils/3.0.9 runtime/node.js/22'],
    ['claude-code', 'claude-cli/2.0.21 (external, cli)'],
    ['codex', 'codex_cli_rs/0.46.0 (Mac OS 15.6; arm64)'],
    ['agents-sdk', 'Agents/Python 0.3.3'],
    ['tool-loop', 'curl/8.5.0'],
  ])('is %s by what the client calls itself: %s', (shape, userAgent) => {
    const request = agentRequest('aiSdk', [task, c('getWeather'), r('{}')])
    expect(agentSignals(request, userAgent)?.shape).toBe(shape)
  })

  test('is nobody’s where people chat', () => {
    expect(agentSignals(agentRequest('graphNode', [u('Tell me a story of a router.')]))).toBeNull()
    expect(agentSignals(agentRequest('graphNode', [u('hi'), a('hello'), u('that is wrong')]))).toBeNull()
  })
})

describe('the course of an agent', () => {
  const edit = (place: number) => [
    c('Edit', { place }),
    bad('<tool_use_error>String to replace not found</tool_use_error>'),
  ]
  const read = (path: string) => [c('Read', { path }), r(`what stands in ${path}`)]

  test('counts errors in a row, and confirms trouble from the second on', () => {
    const errors = (count: number) =>
      signals('claudeCode', [task, ...Array.from({ length: count }, (_, place) => edit(place)).flat()])
    expect(errors(1)).toMatchObject({
      errorsInARow: 1,
      trouble: { confirmations: 0, now: false, sign: null },
    })
    expect(errors(3)).toMatchObject({
      errorsInARow: 3,
      trouble: { confirmations: 2, now: true, sign: 'errors' },
    })
  })

  test('takes the same call with the same end for spinning, but not after something was written, nor waiting', () => {
    const twice = [...read('a.ts'), ...read('a.ts'), ...read('a.ts')]
    expect(signals('claudeCode', [task, ...twice])).toMatchObject({
      repeats: 2,
      trouble: { confirmations: 2, sign: 'spinning' },
    })
    const written = [...read('a.ts'), c('Edit', {}), r('updated'), ...read('a.ts')]
    expect(signals('claudeCode', [task, ...written])).toMatchObject({ repeats: 0, trouble: { sign: null } })
    const waiting = Array.from({ length: 4 }, () => [c('BashOutput', { id: 1 }), r('running')]).flat()
    expect(signals('claudeCode', [task, ...waiting])).toMatchObject({ repeats: 0, trouble: { sign: null } })
  })

  test('takes long reading without writing for no progress', () => {
    const looking = Array.from({ length: 22 }, (_, place) => read(`${place}.ts`)).flat()
    expect(signals('claudeCode', [task, ...looking])).toMatchObject({
      exploring: 1,
      producing: 0,
      trouble: { sign: 'no-progress', now: true },
    })
  })

  test('begins anew with the user’s next words, but not with a report of a failure', () => {
    const stuck = [task, ...edit(1), ...edit(2), ...edit(3), a('I am stuck.')]
    expect(signals('claudeCode', [...stuck, u('Find where it is read.')])).toMatchObject({
      boundary: 'user-turn',
      errorsInARow: 0,
      trouble: { confirmations: 0 },
    })
    expect(signals('claudeCode', [...stuck, u('It still fails: Error: x')])).toMatchObject({
      boundary: null,
      errorsInARow: 4,
      trouble: { confirmations: 3, now: true },
    })
  })

  test('is over its trouble when the tests pass', () => {
    const mended = [
      task,
      ...edit(1),
      ...edit(2),
      ...edit(3),
      c('Edit', {}),
      r('updated'),
      c('Bash', { command: 'npm test' }),
      r('5 passed'),
    ]
    expect(signals('claudeCode', mended)).toMatchObject({
      tests: 'passed',
      testsRun: 1,
      trouble: { confirmations: 0, now: false },
    })
  })

  test('makes a fresh start where a part of the plan is done, and after a summary', () => {
    const plan = (...status: readonly string[]) => [
      c('TodoWrite', { todos: status.map((one) => ({ content: 'x', status: one })) }),
      r('ok'),
    ]
    expect(signals('claudeCode', [task, ...plan('in_progress', 'pending')]).boundary).toBeNull()
    expect(
      signals('claudeCode', [task, ...plan('in_progress', 'pending'), ...plan('completed', 'in_progress')])
        .boundary,
    ).toBe('part-done')
    expect(
      signals('claudeCode', [
        u('This session is being continued from a previous conversation that ran out of context.'),
      ]).boundary,
    ).toBe('compacted')
  })

  test('tells open loops, with notes behind the results too', () => {
    const open = [task, ...read('a.ts')]
    expect(signals('claudeCode', open)).toMatchObject({
      inToolLoop: true,
      callsOpen: 0,
      round: 1,
      lastTool: { name: 'Read', kind: 'read', failed: false },
    })
    expect(signals('claudeCode', [...open, u('<system-reminder>\nx\n</system-reminder>')]).inToolLoop).toBe(
      true,
    )
    expect(signals('claudeCode', [...open, a('done')]).inToolLoop).toBe(false)
    expect(signals('codex', [task, c('shell', { command: ['ls'] })])).toMatchObject({
      inToolLoop: true,
      callsOpen: 1,
    })
  })

  test('holds nothing of what was said but the names of tools', () => {
    const told = JSON.stringify(
      signals('claudeCode', [u('SECRET plan'), c('Read', { path: 'SECRET' }), r('SECRET')]),
    )
    expect(told).not.toContain('SECRET')
  })
})

describe('a conversation of any length', () => {
  test('is read from its end alone', () => {
    const long = Array.from({ length: 2_000 }, (_, place) => [
      c('Read', { place }),
      r(`page ${place}`),
    ]).flat()
    const { exploring, round } = signals('claudeCode', [task, ...long])
    expect(exploring).toBe(1)
    expect(round).toBeLessThanOrEqual(96)
  })

  test('is read in one pass, whatever it repeats', () => {
    // What goes over such a text once for every beginning in it would not be done by tomorrow.
    const opened = '<system-reminder>'.repeat(150_000)
    const request = agentRequest('claudeCode', [task, c('Read', {}), r('x'.repeat(3_000_000)), u(opened)])
    expect(agentSignals(request)).not.toBeNull()
  })

  test('may hold anything', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('Error: x', '<system-reminder>', '```bash\nls\n```', '{"exit_code":1}', '\ud800'),
    )
    const said = fc.oneof(
      text.map(u),
      text.map(a),
      text.map((name) => c(name.slice(0, 60) || 'x', { name })),
      text.map(r),
      text.map(bad),
    )
    fc.assert(
      fc.property(
        fc.array(said, { minLength: 1, maxLength: 30 }),
        fc.constantFrom<KitName>('langGraph', 'aiSdk', 'graphNode'),
        (all, kit) => {
          const messages = chatMessages(all)
          const request = aRequest({
            messages,
            tools:
              kit === 'graphNode' ? [] : [{ name: 'x', description: null, parameters: null, strict: null }],
          })
          const found = agentSignals(request)
          expect(agentSignals(request)).toEqual(found)
          if (found === null) return
          expect(found.exploring + found.producing).toBeLessThanOrEqual(1)
          expect(found.trouble.confirmations).toBeLessThanOrEqual(96)
        },
      ),
    )
  })
})

/** Without a format that would refuse what makes no sense. */
const chatMessages = (all: readonly Said[]): Request['messages'] => all.map(messageOf)

function messageOf(one: Said, place: number): Message {
  const content = [{ kind: 'text' as const, text: 'text' in one ? one.text : '' }]
  switch (one.by) {
    case 'user':
      return { role: 'user', content, name: null }
    case 'agent':
      return { role: 'assistant', content, name: null }
    case 'tool':
      return { role: 'tool', toolCallId: `c${place - 1}`, content, ...(one.failed && { isError: true }) }
    case 'call': {
      const argumentsText = JSON.stringify(one.input)
      const call = { kind: 'tool-call' as const, id: `c${place}`, name: one.name, argumentsText }
      return { role: 'assistant', name: null, content: [call] }
    }
  }
}

describe('what a tool is for', () => {
  test.each([
    ['Bash', '{"command":"cd src && rg -n total"}', 'search'],
    ['Bash', '{"command":"npm run test -- --watch=false"}', 'test'],
    ['Bash', '{"command":"cat > a.ts <<EOF"}', 'write'],
    ['shell', '{"command":["bash","-lc","sed -n 1,20p a.ts"]}', 'read'],
    ['shell', '{"command":["bash","-lc","sed -i s/a/b/ a.ts"]}', 'write'],
    ['exec_command', '{"cmd":"python app.py"}', 'execute'],
    ['mcp__github__search_code', '{}', 'search'],
    ['mcp__files__read_file', '{}', 'read'],
    ['fs.writeFile', '{}', 'write'],
    ['TodoWrite', '{}', 'plan'],
    ['Task', '{}', 'delegate'],
    ['transfer_to_sales', '{}', 'hand-off'],
    ['sequentialthinking', '{}', 'think'],
    ['get_weather', '{}', 'read'],
    ['frobnicate', '{}', 'other'],
  ])('%s %s: %s', (name, argumentsText, kind) => {
    expect(toolKind(name, argumentsText)).toBe(kind)
  })
})

describe('what came of a call', () => {
  test.each<readonly [boolean, ToolKind, string]>([
    [true, 'execute', 'Traceback (most recent call last):\n  …\nValueError: x'],
    [true, 'execute', 'node:internal/x\nTypeError: a is not a function'],
    [true, 'execute', '{"output":"","metadata":{"exit_code":2}}'],
    [true, 'execute', 'Process exited with code 137'],
    [true, 'other', 'HTTP/1.1 503 Service Unavailable'],
    [true, 'other', '{"status_code": 404, "detail": "no such order"}'],
    [true, 'read', 'Request failed with status code 403'],
    [true, 'other', '{"success":false,"message":"no"}'],
    [true, 'test', '--- FAIL: TestParse (0.00s)'],
    [true, 'test', '12 passing\n1 failing'],
    [false, 'test', '12 passing\n0 failing'],
    [false, 'execute', '{"output":"error: none","metadata":{"exit_code":0}}'],
    [false, 'read', 'export class ParseError extends Error {}\n// throws TypeError: x'],
    [false, 'search', 'src/errors.ts:3: throw new Error("Traceback")'],
    [false, 'other', '{"error":null,"result":4}'],
    [false, 'other', '{"orders":[]}'],
  ])('failed: %s (%s, %s)', (failed, kind, text) => {
    expect(readResult(text, false, kind).failed).toBe(failed)
  })

  test('is a failure where the format says so, whatever the text', () => {
    expect(readResult('all is well', true, 'other').failed).toBe(true)
  })
})
