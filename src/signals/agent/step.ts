/** What an agent is about to do, told from where its conversation stands. */

import type { Request } from '../../domain/request.ts'
import type { AgentStep } from '../../domain/signals.ts'
import type { Conversation, Round } from './rounds.ts'

export type StepFound = { readonly step: AgentStep; readonly because: string }

export function stepOf(request: Request, conversation: Conversation, opening: string): StepFound {
  const { last, rounds, hasAnswered } = conversation
  if (last === 'user' || last === 'nobody') return afterUser(request, conversation, opening)
  const round = rounds.at(-1)
  if (request.toolChoice?.kind === 'none' && hasAnswered)
    return { step: 'synthesis', because: 'tools were called, and none may be now' }
  return round && round.calls.length > 0
    ? afterRound(round, conversation)
    : afterUser(request, conversation, opening)
}

/** More of a result than this is something to read; less is an acknowledgement. */
const acknowledgementChars = 1_200
/** A list of hits longer than this is to be read like a file. */
const listChars = 4_000

function afterRound(round: Round, { planDone, rounds }: Conversation): StepFound {
  const { kind, name } = round.calls.at(-1)!
  if (round.failed) return { step: 'recovery', because: `${name} failed` }
  const written = rounds.some(({ calls }) => calls.some((call) => call.kind === 'write'))
  if (round.tests === 'passed' && written)
    return { step: 'synthesis', because: 'the tests pass after what was written' }
  const kinds = new Set(round.calls.map((call) => call.kind))
  if (kinds.has('plan') && planDone) return { step: 'synthesis', because: 'nothing of the plan is left' }
  if (kinds.has('read') || kinds.has('delegate'))
    return { step: 'digestion', because: `what ${name} gave is to be read` }
  if (kinds.has('search'))
    return round.resultChars > listChars
      ? { step: 'digestion', because: `${name} found much` }
      : { step: 'tool-selection', because: `one of what ${name} found is next` }
  if (kinds.has('think')) return { step: 'reasoning', because: 'it is thinking' }
  if (kinds.has('hand-off')) return { step: 'tool-selection', because: 'it has just taken over' }
  if (kinds.has('write')) return { step: 'tool-selection', because: 'what was written is to be tried' }
  if (kinds.has('plan')) return { step: 'tool-selection', because: 'the next part of the plan is due' }
  if (kind === 'other') return { step: 'digestion', because: `what ${name} gave is to be read` }
  return round.resultChars > acknowledgementChars
    ? { step: 'digestion', because: `what ${name} printed is to be read` }
    : { step: 'tool-selection', because: `${name} went well` }
}

function afterUser(request: Request, conversation: Conversation, opening: string): StepFound {
  const { said, report, rounds, boundary, hasAnswered } = conversation
  if (report) return { step: 'recovery', because: 'the user tells of a failure' }
  if (boundary === 'compacted') return { step: 'planning', because: 'it goes on from a summary' }
  if (classifies(request, said, opening)) return { step: 'intent', because: 'it is to say what is wanted' }
  if ((hasAnswered || request.tools.length === 0) && final.test(said))
    return { step: 'synthesis', because: 'the work is to be summed up' }
  if (planMode.test(said) || planning.test(said) || planner.test(opening))
    return { step: 'planning', because: 'a plan is asked for' }
  const callsAnything = request.tools.length > 0 && request.toolChoice?.kind !== 'none'
  const why = question.test(said) && !change.test(said)
  if (!hasAnswered && callsAnything && !why && isTask(request, said))
    return { step: 'planning', because: 'a task begins' }
  if (looking.test(said)) return { step: 'tool-selection', because: 'something is to be looked up' }
  if (thinking.test(said)) return { step: 'reasoning', because: 'something is to be worked out' }
  if (!callsAnything)
    return rounds.length > 0
      ? { step: 'synthesis', because: 'tools were called, and none is left' }
      : { step: 'reasoning', because: 'it has no tools to ask' }
  return { step: 'tool-selection', because: 'the user asks for something new' }
}

/** Triage: nothing to call but colleagues, or a prompt that wants a label. */
function classifies({ tools, messages }: Request, said: string, opening: string): boolean {
  if (tools.length > 0 && tools.every(({ name }) => /^transfer_to_|^hand_?off/.test(name))) return true
  if (tools.length > 0 || messages.length > 4) return false
  return intent.test(opening) || intent.test(said)
}

const intent =
  /\b(?:classify|determine|identify|detect|recogni[sz]e) (?:the |a |what |which )?(?:user['’]?s? |customer['’]?s? )?(?:intent|intention|request type|category|query|wants)\b|\bintent (?:classifier|classification|router|detection)\b|\b(?:route|triage) (?:the|this|each|incoming) (?:\w+ )?(?:request|query|question|message|ticket|user)\b|\b(?:which|what) (?:agent|worker|department|specialist|route) (?:should|is best)\b|\brespond with the worker to act next\b/i

const final =
  /\b(?:write|draft|give|produce|provide|compose|prepare|return|create)\b[^.?!\n]{0,40}\b(?:final (?:answer|report|response|summary)|commit message|pull request (?:description|body|summary)|PR description|change ?log|release notes|summary of (?:the|your|what|all))\b|\bsum(?:mari[sz]e| up) (?:what|the (?:changes|work|results?|findings)|your|everything|it all)\b|\bwrap (?:it|this|things) up\b|\bmaximum (?:number of )?(?:steps|iterations|turns) (?:has been |have been |was )?reached\b|\breached the (?:maximum|limit)\b|\bgive your final answer\b/i

const planMode = /\bPlan mode is active\b|\byou are in plan(?:ning)? mode\b/i
const planning =
  /\b(?:make|write|create|draft|outline|propose|come up with|give me|revise|update|sketch|prepare|need) (?:me )?(?:a |an |the |your )?(?:[\w-]+ ){0,5}(?:plan|roadmap|outline|strategy)\b|\bplan (?:how|out|the|this|for|it|your|first|a)\b|\bbreak (?:this|it|the \w+) (?:down|up) into\b|\bbefore (?:you )?(?:writ|cod|edit|chang|start)\w*[^.?!\n]{0,40}\bplan\b|\bhow (?:would|will|should) (?:you|we|I) (?:approach|tackle|structure|go about)\b|\b(?:list|lay out) the steps\b/i
const planner =
  /\bYou are (?:a|the) (?:\w+ ){0,3}planner\b|\bFor the given objective, come up with a simple step by step plan\b|\bsoftware architect and planning specialist\b/i

const looking =
  /^(?:please |can you |could you |now |ok,? |then |first,? |next,? )*(?:read|open|show|list|find|search|look|check|grep|locate|fetch|get|run|execute|cat|view|explore|see)\b/i
const thinking =
  /\b(?:why (?:is|does|do|did|are|was|would|isn['’]t|doesn['’]t)|root cause|explain|analy[sz]e|reason (?:about|through)|figure out|work out|trade-?offs?|compare|evaluate|prove|derive|design|diagnose|think (?:hard|harder|about|through|carefully)|ultrathink|what (?:causes|explains)|implement|refactor|rewrite|(?:make|apply) the (?:changes?|edits?|fix(?:es)?)|write the (?:code|functions?|tests?|fix|patch)|go ahead|fix (?:it|the|that|this))\b/i

const question = /\b(?:why|explain|trade-?offs?)\b/i
const change = /\b(?:fix|repair|implement|add|change|make|write|update|migrate|refactor|build|remove)\b/i

/** Agents that change things get tasks; others get questions, which a call or two will answer. */
function isTask({ tools }: Request, said: string): boolean {
  if (said.length > 400) return true
  if (/\?\s*$/.test(said) && said.length < 160) return false
  return tools.some(({ name }) =>
    /edit|write|patch|bash|shell|exec|task|todo|plan|code|browser|computer/i.test(name),
  )
}
