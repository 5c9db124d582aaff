import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { askAll, type CallResult, forward, reply, type Verdict } from '../domain/strategy.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { oneAnswerFault } from './ensemble/ballots.ts'
import { mostUsd } from './ensemble/call-price.ts'
import { callsTo } from './ensemble/calls-to.ts'
import { membersOf } from './ensemble/members.ts'
import { structuralFault } from './ensemble/structure.ts'
import { defineStrategy } from './strategy.ts'

const options = z.strictObject({
  width: z.number().int().min(2).max(8).default(2).describe('Models that are asked at once.'),
  rounds: z
    .number()
    .int()
    .min(1)
    .max(6)
    .default(3)
    .describe('How often models are asked before the rest are left to the fallbacks.'),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe('Dollars that the calls of one round may be expected to cost together.'),
})

type Answered = Extract<CallResult, { kind: 'answered' }>

/**
 * Several models are asked at once; the first answer ends the other calls, and is given if its form is good, else the next are
 * asked. Quick and dear: a call that is cut short may be billed in full.
 */
export const firstGood = defineStrategy({
  name: 'first-good',
  summary: 'asks several models at once and gives the first answer whose form is good',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  *choose(turn, { width, rounds, maxUsd }) {
    const fault = oneAnswerFault(turn.request)
    if (fault !== null) return forward(byWorth(turn), `${fault}: one model is asked, the best by value`)
    let waiting: readonly Candidate[] = byWorth(turn)
    let unfit: { readonly result: Answered; readonly fault: string } | null = null
    let asked = 0
    const usd = mostUsd(turn.objective, maxUsd)
    for (let round = 0; round < rounds && isNonEmpty(waiting); round++) {
      const racing = membersOf(
        { candidates: waiting, objective: turn.objective },
        { size: width, usd, times: 1 },
      )
      // Alone, a model may as well stream: that is the forward below.
      if (!isNonEmpty(racing) || (racing.length === 1 && unfit === null)) break
      const results = yield* askAll(callsTo(racing, null), 'first')
      asked += racing.length
      const first = results.find((result): result is Answered => result.kind === 'answered')
      const cut = results.flatMap((result) => (result.kind === 'cancelled' ? [result.candidate] : []))
      waiting = [...waiting.filter((one) => !racing.includes(one)), ...cut]
      if (!first) continue
      const wrong = structuralFault(turn.request, first.answer)
      if (wrong === null)
        return reply(
          first.candidate,
          first.answer,
          `${first.candidate.id} was the first of ${racing.length} to answer, in ${(first.latencyMs / 1000).toFixed(1)} s${round > 0 ? `, in round ${round + 1}` : ''}`,
        )
      unfit = { result: first, fault: wrong }
    }
    return ended(byWorth(turn), waiting, unfit, asked)
  },
})

function ended(
  all: ReturnType<typeof byWorth>,
  waiting: readonly Candidate[],
  unfit: { readonly result: Answered; readonly fault: string } | null,
  asked: number,
): Verdict {
  if (isNonEmpty(waiting))
    return forward(
      waiting,
      asked === 0
        ? `one model alone can be asked; ${waiting[0].id} is the best by value`
        : `none of ${asked} calls brought a good answer${unfit ? ` (that of ${unfit.result.candidate.id} ${unfit.fault})` : ''}; the rest are tried in order of value`,
    )
  if (unfit) {
    const { candidate, answer } = unfit.result
    return reply(candidate, answer, `no better answer came: that of ${candidate.id} ${unfit.fault}`)
  }
  return forward(all, `all ${asked} calls failed; they are tried once more, in order of value`)
}
