import type { Request } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { withInstruction } from './instructed.ts'
import { openings, partLine } from './openings.ts'
import { section, sectionsAreMaterial } from './section.ts'

export type Contribution = { readonly part: 'solve' | 'review'; readonly by: string; readonly text: string }

export type TeamTask = {
  readonly part: 'solve' | 'review' | 'conclude'
  /** What the member is, and how it goes about it. */
  readonly role: { readonly name: string; readonly instruction: string }
  readonly before: readonly Contribution[]
  readonly contributionChars: number
}

/** The client's request, put to one member of a team. Reviews are text, whatever form the client wants the answer in. */
export function teamRequest(request: Request, { part, role, before, contributionChars }: TeamTask): Request {
  const asked = withInstruction(
    request,
    [
      `${openings.team} Your role: ${role.name}.`,
      partLine(part),
      role.instruction,
      taskOf(part),
      ...(before.length > 0
        ? [sectionsAreMaterial, ...before.map((one, place) => shown(one, place, contributionChars))]
        : []),
    ].join('\n'),
  )
  return part === 'review' ? { ...asked, responseFormat: { kind: 'text' } } : asked
}

export const stepByStepRequest = (request: Request): Request =>
  withInstruction(
    request,
    `${openings.team} Your role: solver.\n${partLine('solve')}\nThink step by step before you answer, and check the result. Give the answer in the form and the language that the request asks for.`,
  )

function taskOf(part: TeamTask['part']): string {
  switch (part) {
    case 'solve':
      return 'Answer the request. Where others have answered before you, say what you hold to be right, whether they agree or not.'
    case 'review':
      return 'Do not answer the request: review the latest solution, in a few sentences. End with a line of its own: "Verdict: sound." or "Verdict: flawed."'
    case 'conclude':
      return 'Write the answer that goes to the user, with what holds of the contributions below. Do not mention them or the team. Keep to the language and the form that the request asks for.'
    default:
      return unreachable(part)
  }
}

const shown = ({ part, by, text }: Contribution, place: number, chars: number): string =>
  `From the ${by}:\n${section(`${part === 'solve' ? 'solution' : 'review'} ${place + 1}`, text, chars)}`

/** `null`: the review says neither. The last verdict counts. */
export function verdictOf(review: string): 'sound' | 'flawed' | null {
  const said = [...review.matchAll(/\bverdict\W{0,6}(sound|flawed)\b/gi)].at(-1)?.[1]?.toLowerCase()
  return said === 'sound' || said === 'flawed' ? said : null
}
