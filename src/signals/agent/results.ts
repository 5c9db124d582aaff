/** What came of a tool call, in whatever words tools and agents say it. */

import type { ToolKind } from '../../domain/signals.ts'

export type ResultFacts = {
  readonly failed: boolean
  /** `null`: it tells of no tests. */
  readonly tests: 'passed' | 'failed' | null
}

/** What counts stands at one end; what lies between may be any length. */
const endChars = 500

export const ends = (text: string): string =>
  text.length <= 2 * endChars ? text : `${text.slice(0, endChars)}\n${text.slice(-endChars)}`

/**
 * A file that is read, or a list of hits, may be full of the word error: there only what the tool says of itself counts,
 * which stands in front. Of commands, tests and calls to services the whole text does.
 */
export function readResult(text: string, isError: boolean, kind: ToolKind): ResultFacts {
  const told = ends(text)
  const tests = testsOf(told, kind)
  if (isError || ownError.test(told.slice(0, 300))) return { failed: true, tests }
  const code = exitCode(told)
  if (code !== null && code !== 0) return { failed: !(kind === 'search' && code === 1), tests }
  if (tests === 'failed') return { failed: true, tests }
  // Who wrote down that it ended well need not be read between the lines.
  if (code === 0 || tests === 'passed') return { failed: false, tests }
  const onlyFront = kind === 'read' || kind === 'search' || kind === 'write' || kind === 'delegate'
  return { failed: !onlyFront && (crash.test(told) || httpError.test(told)), tests }
}

/** What a person, or the program around an agent, says in place of a tool: that something went wrong. */
export function tellsOfFailure(text: string): boolean {
  const told = ends(text)
  const code = exitCode(told)
  if (code !== null) return code !== 0
  return crash.test(told) || testsFail.test(told) || complaint.test(told)
}

const complaint =
  /\b(?:still (?:fails?|failing|broken|wrong|not work\w*|the same|getting|crash\w*)|(?:does|did|do)(?: not|n['’]t) (?:work|compile|build|pass|run|start)\b(?! if)|(?:that|this|it|build|tests?|ci) (?:is |are |has |just )?(?:failed|failing|broke|broken|crashed|crashes|crashing|errors out|throws)\b|you broke\b|not fixed\b|same error\b|got (?:an|this|the) error\b)/i

/** The tool's own word for it, in front of all else. */
const ownError =
  /^\s*(?:<tool_use_error>|\[?error\]?\b[^a-z]|errors?:|failed\b[: ]|failure:|exception:|invalid (?:arguments?|input|parameter|tool|json|call)|tool (?:call )?(?:execution )?(?:failed|error)|an error occurred|permission denied|access denied|no such (?:file|tool)|file (?:not found|does not exist|has not been read)|string to replace not found|(?:the )?(?:old_string|file|patch|tool|function) .{0,60}(?:not found|does not exist|was not|could not|failed|is not (?:a valid|available))|cannot |can't |could not |unable to |unknown tool|timeout\b|timed out|connection (?:refused|reset)|operation timed out|apply_patch verification failed|unauthori[sz]ed|forbidden|rate limit|\{\s*"(?:error|errors)"\s*:\s*(?!null|false|""|\[\]|\{\}|0\b)|\{\s*"(?:success|ok)"\s*:\s*false|\{\s*"is_?error"\s*:\s*true|\{\s*"type"\s*:\s*"error|\{\s*"status"\s*:\s*"(?:error|failed|failure)|http(?:\/\d(?:\.\d)?)? ?(?:error )?[:\s]?[45]\d\d\b|(?:request failed with )?status(?: code)?:? ?[45]\d\d\b|[45]\d\d (?:bad request|unauthori[sz]ed|forbidden|not found|internal server error|bad gateway|service unavailable|too many requests))/i

const exitPattern =
  /(?:"exit_?code"\s*:\s*|\bexit(?:ed)?(?: with)?(?: non-?zero)?(?: exit)? ?(?:code|status):? ?|<returncode>|<exit_?code>|\breturn(?:ed)? ?code:? ?)(-?\d{1,3})\b/i

function exitCode(told: string): number | null {
  const found = exitPattern.exec(told)
  return found === null ? null : Number(found[1])
}

const crash =
  /Traceback \(most recent call last\)|^\s*(?:Uncaught )?[A-Z]\w*(?:Error|Exception)\b(?:: | \[|$)|\bpanicked at\b|\berror(?:\[E\d+\]| TS\d+|: aborting|: command failed)|^(?:npm ERR!|npm error|fatal: |error: |bash: |zsh: |sh: )|command not found|\bSegmentation fault\b|: No such file or directory|: Permission denied|\bENOENT\b|\bEACCES\b|\bECONNREFUSED\b|\bBUILD FAILED\b|\bcompilation failed\b/m

const httpError =
  /\bHTTP(?:\/\d(?:\.\d)?)? ?[45]\d\d\b|"status(?:_?code)?"\s*:\s*"?[45]\d\d\b|\bstatus(?: code)?:? [45]\d\d\b|\b(?:429 Too Many Requests|500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|404 Not Found|403 Forbidden|401 Unauthorized)\b/i

const testsFail =
  /(?:^|\D)[1-9]\d* (?:tests? |specs? |examples?, )?(?:failed|failing|failures?|errors?)\b|^[#ℹ] fail [1-9]|^not ok \d|^--- FAIL|^FAIL(?:ED)?\b|^\s*(?:✗|✖|×) |\bFAILED \(|test result: FAILED|\bAssertionError\b|\bTests? failed\b|[1-9]\d* (?:problems|errors? generated)|\bFound [1-9]\d* errors?\b/im

const testsPass =
  /\b[1-9]\d* (?:tests? |specs? )?(?:passed|passing)\b|^[#ℹ] fail 0|^ok\s+\S|test result: ok|^OK \(\d|\bAll (?:tests|checks)(?: have)? pass|\bTests?:? +pass|\b(?:0 failed|0 failures|0 errors|no errors|no issues)\b|^PASS\b|BUILD SUCCESS/im

function testsOf(told: string, kind: ToolKind): ResultFacts['tests'] {
  if (kind !== 'test' && kind !== 'execute' && kind !== 'wait') return null
  if (testsFail.test(told)) return 'failed'
  if (testsPass.test(told)) return 'passed'
  if (kind !== 'test') return null
  // A run of tests, a compiler or a linter that says nothing of it is judged by how it ended.
  const code = exitCode(told)
  if (code !== null) return code === 0 ? 'passed' : 'failed'
  return crash.test(told) ? 'failed' : null
}
