/**
 * Turns of agents with the step that each is, written by hand in the true shapes of the agents. The rules of
 * signals/agent were written beside these.
 */

import type { AgentStep } from '../../src/domain/signals.ts'
import { a, bad, c, type KitName, r, type Said, u } from './agent-conversations.ts'

export type LabelledTurn = readonly [AgentStep, KitName, readonly Said[], object?]

const code =
  'export function total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0)\n}\n'.repeat(20)
const hits = 'src/cart.ts\nsrc/total.ts\ntest/cart.test.ts'
const todo = (...status: readonly string[]) => ({
  todos: status.map((one, place) => ({
    content: `part ${place}`,
    status: one,
    activeForm: `doing ${place}`,
  })),
})
const plan = (...status: readonly string[]) => ({
  plan: status.map((one, place) => ({ step: `part ${place}`, status: one })),
})
const sh = (command: string) => c('shell', { command: ['bash', '-lc', command] })
const ok = (output: string) =>
  r(JSON.stringify({ output, metadata: { exit_code: 0, duration_seconds: 0.4 } }))
const fails = (output: string, code = 1) =>
  r(JSON.stringify({ output, metadata: { exit_code: code, duration_seconds: 0.4 } }))

const task = u('The cart total ignores discounts. Fix it and make sure that the tests pass.')
const began = [task, a('I will look at the cart.')]

export const labelledTurns: readonly LabelledTurn[] = [
  // Claude Code, its main loop
  ['planning', 'claudeCode', [task]],
  [
    'planning',
    'claudeCode',
    [
      u(
        '<system-reminder>\nPlan mode is active. The user indicated that they do not want you to execute yet.\n</system-reminder>',
      ),
      u('Add a dark mode to the settings page.'),
    ],
  ],
  ['planning', 'claudeCode', [...began, u('Before you edit anything, write a plan and show it to me.')]],
  ['tool-selection', 'claudeCode', [...began, c('Glob', { pattern: '**/*cart*' }), r(hits)]],
  ['digestion', 'claudeCode', [...began, c('Read', { file_path: '/app/src/cart.ts' }), r(`     1\t${code}`)]],
  [
    'digestion',
    'claudeCode',
    [...began, c('Read', { file_path: 'a.ts' }), c('Read', { file_path: 'b.ts' }), r(code), r(code)],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...began,
      c('Edit', { file_path: 'a.ts' }),
      bad('<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...began,
      c('Bash', { command: 'npm test' }),
      bad('Exit code 1\n FAIL  test/cart.test.ts\nTests: 1 failed, 4 passed, 5 total'),
    ],
  ],
  [
    'tool-selection',
    'claudeCode',
    [...began, c('Edit', { file_path: 'a.ts' }), r('The file /app/a.ts has been updated.')],
  ],
  [
    'synthesis',
    'claudeCode',
    [
      ...began,
      c('Edit', { file_path: 'a.ts' }),
      r('The file has been updated.'),
      c('Bash', { command: 'npm test' }),
      r('Tests: 5 passed, 5 total'),
    ],
  ],
  [
    'tool-selection',
    'claudeCode',
    [...began, c('TodoWrite', todo('in_progress', 'pending')), r('Todos have been modified successfully.')],
  ],
  [
    'synthesis',
    'claudeCode',
    [...began, c('TodoWrite', todo('completed', 'completed')), r('Todos have been modified successfully.')],
  ],
  [
    'digestion',
    'claudeCode',
    [
      ...began,
      c('Task', { prompt: 'find where totals are computed', subagent_type: 'Explore' }),
      r('Totals are computed in src/total.ts, and called from three places …'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...began,
      a('Done.'),
      u('It still fails with the same error: TypeError: cannot read properties of undefined'),
    ],
  ],
  [
    'reasoning',
    'claudeCode',
    [...began, a('Done.'), u('Why does the total come out one cent off? Think hard about the rounding.')],
  ],
  ['synthesis', 'claudeCode', [...began, a('Done.'), u('Great. Now write a commit message for it.')]],
  ['tool-selection', 'claudeCode', [...began, a('Done.'), u('Run the tests again please')]],
  [
    'planning',
    'claudeCode',
    [
      u(
        'This session is being continued from a previous conversation that ran out of context. The conversation is summarized below: …',
      ),
    ],
  ],
  [
    'digestion',
    'claudeCode',
    [
      ...began,
      c('WebFetch', { url: 'https://example.com/docs', prompt: 'rounding rules' }),
      r('The page says that amounts are rounded half to even …'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...began,
      c('WebFetch', { url: 'https://example.com/docs', prompt: 'x' }),
      bad('Request failed with status code 404'),
    ],
  ],
  [
    'digestion',
    'claudeCode',
    [
      ...began,
      c('Read', { file_path: 'errors.ts' }),
      r('     1\tthrow new TypeError("Error: failed")\n     2\t// Traceback (most recent call last)'),
    ],
  ],
  [
    'digestion',
    'claudeCode',
    [
      ...began,
      c('Read', { file_path: 'a.ts' }),
      r(code),
      u('<system-reminder>\nThe TODO list is empty. Do not mention this.\n</system-reminder>'),
    ],
  ],
  // Claude Code, beside it
  [
    'side-call',
    'claudeSide',
    [u('Please write a 5-10 word title for the following conversation:\n\nUser: fix the cart')],
  ],
  ['side-call', 'claudeSide', [u('quota')], { max_tokens: 1 }],
  [
    'side-call',
    'claudeSide',
    [u('fix the cart')],
    {
      system:
        'Analyze if this message indicates a new conversation topic. If it does, extract a 2-3 word title.',
    },
  ],
  [
    'side-call',
    'claudeSide',
    [u('Your task is to process Bash commands that an AI coding agent wants to run.\n\nCommand: npm test')],
  ],
  [
    'compaction',
    'claudeSide',
    [
      ...began,
      u(
        'Your task is to create a detailed summary of the conversation so far, paying close attention to the requests.',
      ),
    ],
    { system: 'You are a helpful AI assistant tasked with summarizing conversations.' },
  ],
  [
    'compaction',
    'claudeCode',
    [
      ...began,
      c('Read', {}),
      r(code),
      u(
        'CRITICAL: Respond with TEXT ONLY. Your task is to create a detailed summary of the conversation so far.',
      ),
    ],
  ],
  // Codex
  [
    'planning',
    'codex',
    [
      u('<environment_context>\n<cwd>/app</cwd>\n</environment_context>'),
      u('Migrate the date handling from moment to Temporal in all of src.'),
    ],
  ],
  ['tool-selection', 'codex', [task, sh('rg --files -g "*cart*"'), ok(hits)]],
  ['digestion', 'codex', [task, sh("sed -n '1,200p' src/cart.ts"), ok(code)]],
  ['recovery', 'codex', [task, sh('npm test'), fails('AssertionError: expected 3 to be 4')]],
  [
    'recovery',
    'codex',
    [
      task,
      c('apply_patch', { input: '*** Begin Patch' }),
      r('apply_patch verification failed: Failed to find expected lines in src/cart.ts'),
    ],
  ],
  [
    'tool-selection',
    'codex',
    [
      task,
      c('apply_patch', { input: '*** Begin Patch' }),
      ok('Success. Updated the following files:\nM src/cart.ts'),
    ],
  ],
  [
    'synthesis',
    'codex',
    [
      task,
      c('apply_patch', { input: '*** Begin Patch' }),
      ok('Success. Updated the following files:\nM src/cart.ts'),
      sh('npm test'),
      ok('# pass 12\n# fail 0'),
    ],
  ],
  ['tool-selection', 'codex', [task, c('update_plan', plan('in_progress', 'pending')), r('Plan updated')]],
  ['synthesis', 'codex', [task, c('update_plan', plan('completed', 'completed')), r('Plan updated')]],
  [
    'tool-selection',
    'codex',
    [
      task,
      sh('cd src && rg -n "total\\("'),
      r('Exit code: 0\nWall time: 0.1 seconds\nOutput:\nsrc/cart.ts:4: total(items)'),
    ],
  ],
  ['tool-selection', 'codex', [task, sh('rg -n "nothing_here"'), fails('', 1)]],
  [
    'compaction',
    'codex',
    [
      task,
      a('…'),
      u(
        'You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary for another LLM that will resume the task.',
      ),
    ],
  ],
  [
    'reasoning',
    'codex',
    [task, a('The tests pass.'), u('Now refactor the reducer so that discounts are a list of functions.')],
  ],
  // OpenAI Agents
  ['intent', 'triage', [u('I was charged twice for my flight.')]],
  [
    'tool-selection',
    'agentsSdk',
    [u('I want my money back'), c('transfer_to_refund_agent', {}), r('{"assistant": "Refund Agent"}')],
  ],
  [
    'digestion',
    'agentsSdk',
    [
      u('Can I change my seat?'),
      c('lookup_booking', { code: 'X7' }),
      r('{"code":"X7","seat":"12A","fare":"light"}'),
    ],
  ],
  [
    'recovery',
    'agentsSdk',
    [
      u('Change it to 14C'),
      c('change_seat', { seat: '14C' }),
      r('An error occurred while running the tool. Please try again. Error: seat is taken'),
    ],
  ],
  ['tool-selection', 'agentsSdk', [u('Can I change my seat to 14C?')]],
  // LangGraph
  [
    'intent',
    'graphNode',
    [u('Classify the user intent as one of billing, technical, sales.\n\nUser: my invoice is wrong')],
  ],
  [
    'planning',
    'graphNode',
    [u('For the given objective, come up with a simple step by step plan.\n\nObjective: compare three CRMs')],
  ],
  [
    'recovery',
    'langGraph',
    [
      u('How many people live in Lyon?'),
      c('web_search', { q: 'Lyon' }),
      r("Error: ConnectTimeout('timed out')\n Please fix your mistakes."),
    ],
  ],
  [
    'digestion',
    'langGraph',
    [
      u('How many people live in Lyon?'),
      c('read_page', { url: 'x' }),
      r('Lyon is the third-largest city of France … 522,000 inhabitants …'),
    ],
  ],
  [
    'synthesis',
    'langGraph',
    [u('How many people live in Lyon?'), c('web_search', { q: 'Lyon' }), r('522,000')],
    { tool_choice: 'none' },
  ],
  [
    'recovery',
    'langGraph',
    [
      u('Plot it'),
      c('python_repl', { code: 'plot()' }),
      r(
        'Traceback (most recent call last):\n  File "<stdin>", line 1\nNameError: name \'plot\' is not defined',
      ),
    ],
  ],
  // AI SDK and texts
  [
    'digestion',
    'aiSdk',
    [
      u('What is the weather in Porto?'),
      c('getWeather', { city: 'Porto' }),
      r('{"temperature":21,"sky":"clear"}'),
    ],
  ],
  [
    'recovery',
    'aiSdk',
    [u('What is the weather in Porto?'), c('getWeather', {}), r('{"error":"city is required"}')],
  ],
  [
    'tool-selection',
    'aiSdk',
    [u('Write hello to a.txt'), c('writeFile', { path: 'a.txt' }), r('{"ok":true}')],
  ],
  [
    'synthesis',
    'aiSdk',
    [
      u('Fix it'),
      c('writeFile', { path: 'a.ts' }),
      r('{"ok":true}'),
      c('runTests', {}),
      r('{"summary":"8 passed, 0 failed"}'),
    ],
  ],
  [
    'recovery',
    'shellText',
    [
      u('Fix the failing test.'),
      a('THOUGHT: run it.\n\n```bash\npytest -x\n```'),
      u('<returncode>1</returncode>\n<output>\nE   assert 3 == 4\n1 failed in 0.1s\n</output>'),
    ],
  ],
  [
    'digestion',
    'shellText',
    [
      u('Fix the failing test.'),
      a('THOUGHT: read it.\n\n```bash\ncat src/cart.py\n```'),
      u(`<returncode>0</returncode>\n<output>\n${code}</output>`),
    ],
  ],
  [
    'tool-selection',
    'shellText',
    [
      u('Fix the failing test.'),
      a('THOUGHT: find it.\n\n```bash\ngrep -rn total src\n```'),
      u('<returncode>0</returncode>\n<output>\nsrc/cart.py:4: def total():\n</output>'),
    ],
  ],
  [
    'recovery',
    'graphNode',
    [
      u('Answer with tools.'),
      a('Thought: search\nAction: search\nAction Input: Lyon'),
      u('Observation: Error: 429 Too Many Requests'),
    ],
  ],
]
