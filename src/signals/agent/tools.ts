/** What kinds of thing agents' tools do, by their names and, where the tool is a shell, by the command. */

import type { ToolKind } from '../../domain/signals.ts'

/** The beginning of the arguments is enough to tell what a command does; some hold whole files. */
const readChars = 400

export function toolKind(name: string, argumentsText: string): ToolKind {
  const plain = plainName(name)
  if (isShell(plain)) return commandKind(argumentsText.slice(0, readChars))
  for (const [kind, pattern] of byName) if (pattern.test(plain)) return kind
  return 'other'
}

/** `mcp__github__search_code`, `fs.readFile` and `Read-File` are told by their last part, in snake case. */
const plainName = (name: string): string =>
  name
    .slice(-64)
    .replace(/^.*__|^[\w-]*[./](?=\w)/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[-\s]/g, '_')
    .toLowerCase()

const isShell = (name: string): boolean =>
  /^(?:bash|shell|sh|zsh|terminal|local_shell|exec|exec_command|execute_bash|run_command|execute_command|run_shell_command|run_terminal_cmd|shell_command|run_in_terminal|cmd|command)$/.test(
    name,
  )

// In order: the first that fits. A name says little, so these are the words that such tools go by.
const byName: readonly (readonly [ToolKind, RegExp])[] = [
  ['hand-off', /^transfer_(?:back_)?to_|^hand_?off|^delegate_to_agent/],
  [
    'plan',
    /^(?:todo|update_plan|write_todos|exit_plan|enter_plan|plan|create_plan|set_plan|task_(?:create|update))/,
  ],
  ['think', /^(?:think|sequential_?thinking|reflect|scratchpad|reason)/],
  ['delegate', /^(?:task|agent|dispatch_agent|spawn_agent|subagent|call_agent|new_task|research_agent)$/],
  [
    'wait',
    /^(?:bash_output|task_output|write_stdin|wait|sleep|poll|await|get_status|check_status|job_status|read_thread_terminal)/,
  ],
  ['test', /(?:^|_)(?:tests?|pytest|jest|vitest|lint|typecheck|type_check|check_types|build|compile)(?:_|$)/],
  [
    'write',
    /^(?:write|edit|multi_?edit|apply|patch|create|insert|replace|str_replace|notebook_edit|update|delete|remove|move|rename|append|save|put|set|modify|format)(?:_|$)|apply_diff|apply_patch|_edit$/,
  ],
  [
    'search',
    /^(?:grep|glob|search|find|ls|list|dir|file_search|code_?search|ripgrep|web_search)(?:_|$)|_search$|_grep$/,
  ],
  [
    'read',
    /^(?:read|open|view|cat|get|query|lookup|look_up|retrieve|fetch|web_fetch|load|show|browse|describe|inspect|download|head)(?:_|$)|_read$/,
  ],
  [
    'execute',
    /^(?:run|exec|execute|python|node|code_interpreter|eval|repl|kill|start|launch|computer|browser|click|type|navigate)(?:_|$)|_exec$|_run$/,
  ],
]

/** The arguments of a shell are JSON around a command; words are enough to know the command by. */
function commandKind(argumentsText: string): ToolKind {
  if (testRun.test(argumentsText)) return 'test'
  if (writing.test(argumentsText)) return 'write'
  const first = firstWord(argumentsText)
  if (first === null) return 'execute'
  if (searching.test(first)) return 'search'
  if (reading.test(first)) return 'read'
  if (/^sleep$/.test(first)) return 'wait'
  return /^git$/.test(first) && /git (?:diff|show|log|status|blame)\b/.test(argumentsText)
    ? 'read'
    : 'execute'
}

const testRun =
  /\b(?:pytest|jest|vitest|mocha|rspec|phpunit|tox|nosetests|ctest|unittest)\b|\b(?:npm|pnpm|yarn|bun|cargo|go|dotnet|mvn|gradle|gradlew|make|mix|swift|deno) (?:run )?(?:-\S+ )?(?:test|check|lint|build|vet|typecheck)\b|\b(?:tsc|eslint|mypy|ruff|biome|clippy)\b|\bnode (?:--test|\S*test\S*\.[cm]?[jt]s)\b|\bpython3? \S*test\S*\.py\b/
const writing =
  /\bapply_patch\b|\*\*\* Begin Patch|\bsed (?:-\w+ )*-i|\bcat > |<<-? ?\\?["']?\w*EOF|\btee \S|\bgit (?:apply|commit|checkout|mv|rm)\b|\b(?:mv|cp|rm|mkdir|touch) -?\S/
const searching = /^(?:rg|grep|egrep|find|fd|ls|tree|ag|locate|which|dir)$/
const reading = /^(?:cat|sed|head|tail|less|nl|bat|awk|jq|wc|stat|file|curl|wget|env|pwd|echo|printenv)$/

/** Of `{"command":["bash","-lc","cd src && rg x"]}` and `{"command":"rg x"}`: rg. */
function firstWord(argumentsText: string): string | null {
  const inner =
    /"(?:command|cmd|script|input)"\s*:\s*(?:\[\s*)?(.*)/s.exec(argumentsText)?.[1] ?? argumentsText
  const command = inner
    .replace(/^"(?:\/bin\/)?(?:ba|z)?sh"\s*,\s*"-l?c"\s*,\s*/, '')
    .replace(/^["'\s]+/, '')
    .replace(/^cd [^&;|]{1,200}(?:&&|;)\s*/, '')
    .replace(/^(?:sudo|time|timeout \d+|[A-Z_]+=\S+)\s+/, '')
  return /^[\w./-]+/.exec(command)?.[0].replace(/^.*\//, '') ?? null
}
