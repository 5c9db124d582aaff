/**
 * Turns of agents that were labelled before anybody looked at what the rules of signals/agent say of them, and that the rules
 * were not changed for afterwards: what the rules are measured by.
 */

import { a, bad, c, r, u } from './agent-conversations.ts'
import type { LabelledTurn } from './agent-turns.ts'

const file =
  'def parse(row):\n    key, _, value = row.partition("=")\n    return key.strip(), value.strip()\n'.repeat(
    15,
  )
const log = 'GET /health 200 3ms\nGET /orders 200 12ms\nPOST /orders 201 40ms\n'.repeat(40)
const todos = (...status: readonly string[]) => ({
  todos: status.map((one, place) => ({
    content: `item ${place}`,
    status: one,
    activeForm: `working on ${place}`,
  })),
})
const steps = (...status: readonly string[]) => ({
  explanation: 'going on',
  plan: status.map((one, place) => ({ step: `item ${place}`, status: one })),
})
const exec = (cmd: string) => c('shell', { command: ['bash', '-lc', cmd], workdir: '/repo' })
const said = (code: number, output: string) =>
  r(`Exit code: ${code}\nWall time: 0.3 seconds\nOutput:\n${output}`)

const asked = u(
  'The config parser drops values that contain an equals sign. Please repair it and extend the tests.',
)
const opened = [asked, a('Let me see how rows are parsed.')]
const remind = u(
  '<system-reminder>\nYour todo list has changed. DO NOT mention this to the user.\n</system-reminder>',
)

export const turnsApart: readonly LabelledTurn[] = [
  // Claude Code
  ['planning', 'claudeCode', [asked]],
  [
    'planning',
    'claudeCode',
    [
      u(
        'Migrate our REST handlers to the new router. There are about forty of them, across three packages, and the old router must keep working until all are moved.',
      ),
    ],
  ],
  [
    'planning',
    'claudeCode',
    [...opened, a('Done.'), u('How would you approach splitting this module into two packages?')],
  ],
  [
    'planning',
    'claudeCode',
    [
      u(
        'This session is being continued from a previous conversation that ran out of context. The conversation is summarized below:\nAnalysis: …',
      ),
      remind,
    ],
  ],
  [
    'tool-selection',
    'claudeCode',
    [
      ...opened,
      c('Grep', { pattern: 'partition', output_mode: 'files_with_matches' }),
      r('Found 2 files\nconfig/parse.py\nconfig/rows.py'),
    ],
  ],
  [
    'tool-selection',
    'claudeCode',
    [
      ...opened,
      c('Bash', { command: 'ls -la config', description: 'List files' }),
      r('parse.py\nrows.py\n__init__.py'),
    ],
  ],
  [
    'digestion',
    'claudeCode',
    [...opened, c('Read', { file_path: '/repo/config/parse.py' }), r(file), remind],
  ],
  ['digestion', 'claudeCode', [...opened, c('Bash', { command: 'git diff HEAD~3' }), r(file)]],
  ['digestion', 'claudeCode', [...opened, c('Bash', { command: 'cat server.log | tail -n 200' }), r(log)]],
  [
    'digestion',
    'claudeCode',
    [
      ...opened,
      c('mcp__github__get_issue', { number: 12 }),
      r('{"title":"Parser drops values","body":"When a value has = in it …","state":"open"}'),
    ],
  ],
  [
    'digestion',
    'claudeCode',
    [
      ...opened,
      c('Task', { description: 'Search', prompt: 'where is parse used' }),
      r('I found five callers. The most important is config/load.py …'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...opened,
      c('Bash', { command: 'pytest -q' }),
      bad(
        'Exit code 1\nFAILED tests/test_parse.py::test_equals - AssertionError\n1 failed, 7 passed in 0.21s',
      ),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...opened,
      c('Edit', { file_path: 'parse.py', old_string: 'x', new_string: 'y' }),
      bad('<tool_use_error>String to replace not found in file.\nString: x</tool_use_error>'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...opened,
      c('Bash', { command: 'python -m config' }),
      r(
        'Traceback (most recent call last):\n  File "/repo/config/__main__.py", line 3\nValueError: too many values to unpack',
      ),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...opened,
      c('Read', { file_path: '/repo/missing.py' }),
      bad('File does not exist. Did you mean parse.py?'),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [
      ...opened,
      a('It is repaired.'),
      u("No, the build is broken now:\n\nsrc/a.ts(3,5): error TS2304: Cannot find name 'rows'."),
    ],
  ],
  [
    'recovery',
    'claudeCode',
    [...opened, a('It is repaired.'), u("that didn't work, values are still dropped")],
  ],
  [
    'tool-selection',
    'claudeCode',
    [
      ...opened,
      c('Write', { file_path: 'tests/test_rows.py', content: file }),
      r('File created successfully at: tests/test_rows.py'),
    ],
  ],
  [
    'tool-selection',
    'claudeCode',
    [
      ...opened,
      c('TodoWrite', todos('completed', 'in_progress', 'pending')),
      r('Todos have been modified successfully. Ensure that you continue to use the todo list'),
    ],
  ],
  [
    'synthesis',
    'claudeCode',
    [
      ...opened,
      c('Edit', {}),
      r('The file has been updated'),
      c('Bash', { command: 'pytest -q' }),
      r('8 passed in 0.19s'),
    ],
  ],
  [
    'synthesis',
    'claudeCode',
    [
      ...opened,
      c('TodoWrite', todos('completed', 'completed', 'completed')),
      r('Todos have been modified successfully.'),
    ],
  ],
  [
    'synthesis',
    'claudeCode',
    [...opened, a('All tests pass.'), u('Thanks. Draft a pull request description for this branch.')],
  ],
  [
    'reasoning',
    'claudeCode',
    [
      ...opened,
      a('It is repaired.'),
      u('What are the trade-offs of partition against split with a limit here?'),
    ],
  ],
  [
    'reasoning',
    'claudeCode',
    [...opened, a('There are two ways: a regular expression, or partition.'), u('Go ahead with partition.')],
  ],
  [
    'tool-selection',
    'claudeCode',
    [...opened, a('It is repaired.'), u('ok, now check the other callers as well')],
  ],
  [
    'side-call',
    'claudeSide',
    [
      u(
        'Summarize this coding conversation in under 50 characters.\nCapture the main task, key files, problems addressed, and current status.',
      ),
    ],
  ],
  [
    'side-call',
    'claudeSide',
    [u('repair the parser')],
    {
      system:
        'Generate a concise, sentence-case title (3-7 words) that captures the main topic or goal of this coding session.',
    },
  ],
  [
    'side-call',
    'claudeSide',
    [u('Command: rm -rf build\nOutput: \n\nExtract any file paths that this command reads or modifies.')],
  ],
  [
    'compaction',
    'claudeCode',
    [
      ...opened,
      c('Edit', {}),
      r('ok'),
      a('Next I run the tests.'),
      u(
        'Your task is to create a detailed summary of this conversation. This summary will be placed at the start of a continuing session.',
      ),
    ],
  ],
  // Codex
  [
    'planning',
    'codex',
    [
      u(
        '<environment_context>\n  <cwd>/repo</cwd>\n  <approval_policy>on-request</approval_policy>\n</environment_context>',
      ),
      u('Add rate limiting to the public API, configurable per route, with tests and docs.'),
    ],
  ],
  ['tool-selection', 'codex', [asked, exec('ls'), said(0, 'README.md\nconfig\ntests')]],
  [
    'tool-selection',
    'codex',
    [asked, exec('git status --short && rg -l partition'), said(0, 'config/parse.py')],
  ],
  ['digestion', 'codex', [asked, exec('cat config/parse.py'), said(0, file)]],
  ['digestion', 'codex', [asked, exec('nl -ba config/rows.py | head -n 80'), said(0, file)]],
  [
    'recovery',
    'codex',
    [asked, exec('cargo test'), said(101, 'error[E0425]: cannot find value `rows` in this scope')],
  ],
  ['recovery', 'codex', [asked, exec('pytset'), said(127, 'bash: pytset: command not found')]],
  [
    'recovery',
    'codex',
    [
      asked,
      exec('npm run build'),
      r('{"output":"src/a.ts(1,1): error TS1005","metadata":{"exit_code":2,"duration_seconds":4.1}}'),
    ],
  ],
  [
    'tool-selection',
    'codex',
    [
      asked,
      exec("apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: config/parse.py\nEOF"),
      said(0, 'Success. Updated the following files:\nM config/parse.py'),
    ],
  ],
  [
    'tool-selection',
    'codex',
    [asked, c('update_plan', steps('completed', 'in_progress')), r('Plan updated')],
  ],
  [
    'synthesis',
    'codex',
    [
      asked,
      c('apply_patch', { input: '*** Begin Patch' }),
      r('Success. Updated the following files:\nM config/parse.py'),
      exec('pytest -q'),
      said(0, '9 passed in 0.3s'),
    ],
  ],
  [
    'synthesis',
    'codex',
    [asked, c('update_plan', steps('completed', 'completed', 'completed')), r('Plan updated')],
  ],
  [
    'reasoning',
    'codex',
    [
      asked,
      a('Where should the limit live?'),
      u('Analyze both options with respect to memory use and recommend one.'),
    ],
  ],
  [
    'compaction',
    'codex',
    [
      asked,
      a('…'),
      u(
        'You are performing a CONTEXT CHECKPOINT COMPACTION. Include current progress and key decisions made.',
      ),
    ],
  ],
  // OpenAI Agents
  ['intent', 'triage', [u('hi, do you still have two seats on the early flight to Rome?')]],
  [
    'tool-selection',
    'agentsSdk',
    [u('refund me'), c('transfer_to_refund_agent', { reason: 'delay' }), r('{"assistant": "Refund agent"}')],
  ],
  [
    'digestion',
    'agentsSdk',
    [
      u('When do I fly?'),
      c('lookup_booking', { code: 'Q2' }),
      r('{"code":"Q2","departs":"2026-05-04T08:10"}'),
    ],
  ],
  [
    'recovery',
    'agentsSdk',
    [
      u('Put me on 3F'),
      c('change_seat', { seat: '3F' }),
      r('An error occurred while running the tool. Please try again. Error: seat map unavailable'),
    ],
  ],
  [
    'recovery',
    'agentsSdk',
    [
      u('Put me on 3F'),
      c('change_seat', { seat: '3F' }),
      r('{"status":"error","message":"booking is closed"}'),
    ],
  ],
  // LangGraph
  [
    'intent',
    'graphNode',
    [
      u(
        'Given the conversation below, which worker should act next? Respond with the worker to act next: researcher, coder, FINISH.',
      ),
    ],
  ],
  [
    'intent',
    'graphNode',
    [u('where is my parcel?')],
    {
      messages: [
        {
          role: 'system',
          content: "Determine the user's intent: track, return, other. Answer with one word.",
        },
        { role: 'user', content: 'where is my parcel?' },
      ],
    },
  ],
  [
    'planning',
    'graphNode',
    [
      u(
        'Our objective: a market study of heat pumps. Break this down into research tasks for three workers.',
      ),
    ],
  ],
  [
    'digestion',
    'langGraph',
    [
      u('Who founded the firm?'),
      c('read_page', { url: 'https://example.com/about' }),
      r('Founded in 1921 by the sisters Marta and Ilse Kern …'),
    ],
  ],
  [
    'recovery',
    'langGraph',
    [
      u('Who founded the firm?'),
      c('find_page', { q: 'x' }),
      r('Error: find_page is not a valid tool, try one of [web_search, read_page].'),
    ],
  ],
  [
    'recovery',
    'langGraph',
    [u('Who founded the firm?'), c('read_page', { url: 'x' }), r('HTTPError: 503 Service Unavailable')],
  ],
  [
    'synthesis',
    'langGraph',
    [
      u('Who founded the firm?'),
      c('web_search', { q: 'founder' }),
      r('…'),
      u('You have reached the maximum number of steps. Give your final answer with what you know.'),
    ],
  ],
  [
    'tool-selection',
    'langGraph',
    [
      u('Who founded the firm?'),
      c('web_search', { q: 'founder of the firm' }),
      r('1. About us - example.com/about\n2. History - example.org/history'),
    ],
  ],
  // AI SDK
  [
    'digestion',
    'aiSdk',
    [
      u('How do I set a limit?'),
      c('searchDocs', { q: 'limit' }),
      r('['.concat('{"title":"Limits","text":"A limit is set with …"},'.repeat(120), ']')),
    ],
  ],
  [
    'recovery',
    'aiSdk',
    [
      u('Save it'),
      c('writeFile', { path: '/etc/a' }),
      r('{"error":{"code":"EACCES","message":"permission denied"}}'),
    ],
  ],
  ['recovery', 'aiSdk', [u('Check it'), c('runTests', {}), r('{"summary":"3 failed, 5 passed"}')]],
  ['tool-selection', 'aiSdk', [u('What is the weather in Oslo?')]],
  ['tool-selection', 'aiSdk', [u('Note it'), c('writeFile', { path: 'n.txt' }), r('{"ok":true,"bytes":40}')]],
  // Texts
  [
    'recovery',
    'shellText',
    [
      u('Speed up the query.'),
      a('```bash\npython bench.py\n```'),
      u("<returncode>1</returncode>\n<output>\nModuleNotFoundError: No module named 'numpy'\n</output>"),
    ],
  ],
  [
    'digestion',
    'shellText',
    [
      u('Speed up the query.'),
      a('```bash\nsed -n 1,120p query.py\n```'),
      u(`<returncode>0</returncode>\n<output>\n${file}</output>`),
    ],
  ],
  [
    'tool-selection',
    'shellText',
    [
      u('Speed up the query.'),
      a('```bash\nsed -i s/list/set/ query.py\n```'),
      u('<returncode>0</returncode>\n<output>\n</output>'),
    ],
  ],
  [
    'digestion',
    'graphNode',
    [
      u('Who wrote it?'),
      a('Thought: look it up\nAction: read_page\nAction Input: https://example.com'),
      u('Observation: The novel was written in 1957 by …'),
    ],
  ],
]
