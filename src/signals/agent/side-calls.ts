/** Requests that an agent makes beside its work: titles, topics, checks of a command, and the summing up of its memory. */

import { lastUserText, type Request } from '../../domain/request.ts'

export type SideCall = { readonly step: 'side-call' | 'compaction'; readonly because: string }

const endChars = 1_200

/** `opening`: of the system prompt. */
export function sideCallOf(request: Request, opening: string): SideCall | null {
  const text = lastUserText(request)
  const said = text.length <= 2 * endChars ? text : `${text.slice(0, endChars)}\n${text.slice(-endChars)}`
  for (const pattern of compaction)
    if (pattern.test(said) || pattern.test(opening))
      return { step: 'compaction', because: 'its memory is to be summed up' }
  // A side call has a purpose of its own: it brings no tools along.
  if (request.tools.length > 0) return null
  if (request.sampling.maxOutputTokens === 1) return { step: 'side-call', because: 'one token is asked for' }
  for (const [because, pattern] of beside)
    if (pattern.test(opening) || pattern.test(said)) return { step: 'side-call', because }
  return null
}

const compaction: readonly RegExp[] = [
  /\byour task is to create a (?:detailed|comprehensive) summary of (?:the|this) (?:\w+ )?(?:conversation|session)\b/i,
  /\btasked with summari[sz]ing conversations\b/i,
  /\bperforming a CONTEXT CHECKPOINT COMPACTION\b/,
  /\bcreate a handoff summary for another LLM\b/i,
  /\b(?:compact|condense) (?:the|this|our) (?:conversation|context|history|session)\b/i,
  /^extract the (?:highest quality\/most relevant|most important) context\b/i,
]

const beside: readonly (readonly [string, RegExp])[] = [
  [
    'a title is asked for',
    /\b(?:write|generate|create|come up with|respond with|give|suggest|make|produce)\b[^.\n]{0,60}\btitle\b[^.\n]{0,60}\b(?:conversation|session|chat|coding|thread|task|message|words?)\b|\btitle generator\b|\bsentence-case title\b/i,
  ],
  ['a topic is asked for', /\bindicates a new conversation topic\b/i],
  [
    'a short summary is asked for',
    /\bsummari[sz]e this (?:coding )?conversation in (?:under|at most|less than|fewer than) \d+ (?:characters|words)\b/i,
  ],
  [
    'a command is to be judged',
    /\bprocess Bash commands that an AI coding agent wants to run\b|\bcommand[_ ]injection_detected\b|\bextract any file paths that this command reads\b/i,
  ],
  [
    'a name is asked for',
    /\b(?:generate|suggest|create|write)\b[^.\n]{0,30}\b(?:git )?branch name\b|\bname for (?:this|the) branch\b/i,
  ],
  [
    'what comes next is to be guessed',
    /\b(?:suggest|predict|generate)\b[^.\n]{0,60}\b(?:follow-?up questions?|what the user (?:might|would|will) (?:type|ask|say) next|next user (?:message|prompt))/i,
  ],
]
