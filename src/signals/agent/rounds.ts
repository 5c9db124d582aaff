/** An agent's last rounds: what it called, what came of it, and where it began anew. */

import { hash32 } from '../../domain/random.ts'
import { type Message, type Request, textOf, type ToolCall } from '../../domain/request.ts'
import type { QuietBoundary, ToolKind } from '../../domain/signals.ts'
import { ends, readResult, tellsOfFailure } from './results.ts'
import { toolKind } from './tools.ts'

export type Call = {
  readonly id: string
  readonly name: string
  readonly kind: ToolKind
  /** Of name and arguments. */
  readonly hash: number
  readonly argumentsText: string
}

/** Calls that one answer made, and their results; or a failure that was told by the user, which has no calls. */
export type Round = {
  readonly calls: readonly Call[]
  failed: boolean
  tests: 'passed' | 'failed' | null
  /** Of all results together. */
  resultHash: number
  resultChars: number
  results: number
  /** The quiet boundary that it begins after; `null`: it goes on from the round before. */
  readonly after: QuietBoundary | null
}

export type Conversation = {
  readonly rounds: readonly Round[]
  /** The boundary after the last round: the user has spoken, and nothing been done since. */
  readonly boundary: QuietBoundary | null
  /** The user's last words, at both ends; '' where there are none within the window. */
  readonly said: string
  /** They tell of a failure, and so go on with the work before. */
  readonly report: boolean
  /** Rounds since the user spoke, reports included. */
  readonly round: number
  readonly charsSinceUser: number
  /** Whoever spoke last, notes of the program around the agent left out. */
  readonly last: 'user' | 'tool' | 'assistant' | 'nobody'
  readonly hasAnswered: boolean
  /** The last plan that was written has nothing left to do. */
  readonly planDone: boolean
  /** Tools are called in texts, not by the format's own means. */
  readonly byText: boolean
}

/** A conversation may have thousands of messages: what is older than this is not read. */
const windowMessages = 72

export function readConversation({ messages }: Request): Conversation {
  const reader = new Reader()
  const from = Math.max(0, messages.length - windowMessages)
  if (from > 0) reader.middle()
  for (let index = from; index < messages.length; index++) reader.read(messages[index]!)
  return reader.conversation()
}

class Reader {
  private readonly rounds: Round[] = []
  private boundary: QuietBoundary | null = 'begun'
  private said = ''
  private report = false
  private round = 0
  private chars = 0
  private last: Conversation['last'] = 'nobody'
  private hasAnswered = false
  private byText = false
  /** The last answer, where it called no tool by the format's own means. */
  private spoken: string | null = null
  private partsDone = 0
  private planDone = false

  /** What is read first is not the beginning. */
  middle(): void {
    this.boundary = null
    this.hasAnswered = true
  }

  read(message: Message): void {
    switch (message.role) {
      case 'assistant':
        this.answer(message)
        return
      case 'tool':
        this.result(message)
        return
      case 'user':
        this.user(textOf(message))
        return
      case 'system':
      case 'developer':
        return
    }
  }

  conversation(): Conversation {
    const { rounds, boundary, said, report, round, last, hasAnswered, byText, planDone } = this
    const charsSinceUser = this.chars
    return { rounds, boundary, said, report, round, charsSinceUser, last, hasAnswered, byText, planDone }
  }

  private answer(message: Extract<Message, { role: 'assistant' }>): void {
    this.last = 'assistant'
    this.hasAnswered = true
    const calls = message.content.filter((part): part is ToolCall => part.kind === 'tool-call')
    for (const part of message.content)
      this.chars +=
        part.kind === 'tool-call' ? part.argumentsText.length : 'text' in part ? part.text.length : 0
    this.spoken = calls.length === 0 ? textOf(message) : null
    if (calls.length > 0) this.begin(calls.map(callOf))
  }

  private begin(calls: readonly Call[]): void {
    this.round++
    this.rounds.push({
      calls,
      failed: false,
      tests: null,
      resultHash: 0,
      resultChars: 0,
      results: 0,
      after: this.boundary,
    })
    this.boundary = null
  }

  private result(message: Extract<Message, { role: 'tool' }>): void {
    this.last = 'tool'
    const round = this.rounds.at(-1)
    const call = round?.calls.find(({ id }) => id === message.toolCallId)
    const text = textOf(message)
    this.chars += text.length
    // The call may stand with the vendor, or before the window.
    if (round === undefined || call === undefined) this.begin([unknownCall(message.toolCallId)])
    this.note(this.rounds.at(-1)!, text, message.isError === true, call?.kind ?? 'other')
  }

  private note(round: Round, text: string, isError: boolean, kind: ToolKind): void {
    const { failed, tests } = readResult(text, isError, kind)
    round.failed ||= failed
    round.tests = tests ?? round.tests
    round.resultHash = hash32(`${round.resultHash} ${text.length} ${text.slice(0, 300)}`)
    round.resultChars += text.length
    round.results++
    const parts = partsDone(round)
    if (parts === null) return
    if (parts.done > this.partsDone) this.boundary = 'part-done'
    this.partsDone = parts.done
    this.planDone = parts.done > 0 && parts.open === 0
  }

  private user(whole: string): void {
    const text = withoutNotes(whole)
    if (text === '') return
    const observed = this.observationOf(text)
    if (observed) return
    this.last = 'user'
    this.said = ends(text)
    this.report = this.hasAnswered && tellsOfFailure(text) && !asksAnew.test(text)
    if (this.report) {
      this.rounds.push({
        calls: [],
        failed: true,
        tests: 'failed',
        resultHash: hash32(this.said),
        resultChars: text.length,
        results: 1,
        after: null,
      })
      return
    }
    this.boundary = continued.test(text) ? 'compacted' : this.hasAnswered ? 'user-turn' : 'begun'
    this.round = 0
    this.chars = 0
  }

  /** Agents that write their calls as text get what came of them as the user's next words. */
  private observationOf(text: string): boolean {
    if (this.spoken === null || !observation.test(text)) return false
    const call = textCall(this.spoken)
    if (call === null) return false
    this.byText = true
    this.spoken = null
    this.begin([call])
    this.chars += text.length
    this.last = 'tool'
    const body = text.replace(observation, '')
    this.note(this.rounds.at(-1)!, exitMark.test(text) ? text : body, false, call.kind)
    return true
  }
}

const callOf = ({ id, name, argumentsText }: ToolCall): Call => ({
  id,
  name: name.slice(0, 64),
  kind: toolKind(name, argumentsText),
  hash: hash32(`${name} ${argumentsText}`),
  argumentsText,
})

const unknownCall = (id: string): Call => ({
  id,
  name: 'unknown',
  kind: 'other',
  hash: hash32(id),
  argumentsText: '',
})

/** How many parts of a plan are done; `null`: the round wrote no plan. */
function partsDone({ calls }: Round): { readonly done: number; readonly open: number } | null {
  const plan = calls.find(({ kind }) => kind === 'plan')
  if (plan === undefined) return null
  const list = plan.argumentsText.slice(0, mostPlanChars)
  const done = list.match(/"status"\s*:\s*"(?:completed|done)"/g)?.length ?? 0
  return { done, open: (list.match(/"status"\s*:\s*"/g)?.length ?? 0) - done }
}

const mostPlanChars = 8_000

/** What programs around agents add to a user's message is not the user's word. */
const noteTags = [
  'system-reminder',
  'environment_context',
  'user_instructions',
  'environment_details',
  'ide_opened_file',
  'ide_selection',
] as const
/** Nobody puts more notes than this into one message: the rest is left as it is. */
const mostNotes = 40

function withoutNotes(text: string): string {
  if (!text.includes('<')) return text.trim()
  let left = text
  // By search and not by pattern: a thousand beginnings without an end must not take a thousand times as long.
  for (const tag of noteTags) left = withoutTag(left, `<${tag}>`, `</${tag}>`)
  return left.trim()
}

function withoutTag(text: string, opening: string, closing: string): string {
  let left = ''
  let from = 0
  for (let note = 0; note < mostNotes; note++) {
    const start = text.indexOf(opening, from)
    const end = start < 0 ? -1 : text.indexOf(closing, start)
    if (end < 0) break
    left += text.slice(from, start)
    from = end + closing.length
  }
  return from === 0 ? text : left + text.slice(from)
}

/** The agent's memory was summed up, and goes on from the summary. */
const continued =
  /^(?:This session is being continued from a previous conversation|The conversation history before this point was (?:compacted|summari[sz]ed)|Another language model started to solve this problem|Here is a summary of (?:the|our) (?:conversation|work) so far)/i

/** Says that the work before is over, whatever went wrong in it. */
const asksAnew =
  /^(?:new task\b|next task\b|let['’]s (?:move on|do something else)|forget (?:that|it|about))/i

const observation =
  /^(?:observation:|\[[\w -]{1,40}(?: for '[^']{0,200}')?\] result:|<(?:returncode|tool_response|tool_result|function_results|observation|output)>|\[result of |tool (?:result|output):|execution (?:result|output):|output of the previous command)/i
const exitMark = /<returncode>|exit code/i

/** `Action: search` with its input, an XML element named for a tool, or one fenced command. */
function textCall(text: string): Call | null {
  const told = text.slice(-2_000)
  const action = /^Action:\s*([\w.-]{1,64})\s*(?:\n+Action Input:\s*([\s\S]{0,2000}))?/m.exec(told)
  if (action) return calledInText(action[1]!, action[2] ?? '')
  const element = /<([a-z]+(?:_[a-z]+)+)>\s*([\s\S]{0,2000}?)<\/\1>/.exec(told)
  if (element) return calledInText(element[1]!, element[2]!)
  const tagged = /<tool_call>\s*\{[^}]*"name"\s*:\s*"([\w.-]{1,64})"([\s\S]{0,2000}?)<\/tool_call>/.exec(told)
  if (tagged) return calledInText(tagged[1]!, tagged[2]!)
  const fenced = /```(?:bash|sh|shell|mswea_bash_command)\n([\s\S]{1,2000}?)```/.exec(told)
  return fenced ? calledInText('bash', JSON.stringify({ command: fenced[1] })) : null
}

const calledInText = (name: string, argumentsText: string): Call =>
  callOf({ kind: 'tool-call', id: '', name, argumentsText })
