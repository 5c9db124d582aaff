import { z } from 'zod'
import { type Answer, answerText } from '../domain/answer.ts'
import { byQuality, type Candidate, expectedUsd } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { plainRequest, type Request } from '../domain/request.ts'
import {
  askAll,
  askOne,
  type Call,
  type CallResult,
  type Choosing,
  forward,
  reply,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { oneAnswerFault } from './ensemble/ballots.ts'
import { mostUsd, tokensOfChars, usdOf } from './ensemble/call-price.ts'
import { structuralFault } from './ensemble/structure.ts'
import { answerAsText } from './prompts/conversation.ts'
import { section } from './prompts/section.ts'
import { continued, directionRequest, type ToolResult } from './router-model/prompt.ts'
import { type Wish, wishesOf } from './router-model/read-calls.ts'
import { poolTools, type PoolTool } from './router-model/tools.ts'
import { defineStrategy, modelName } from './strategy.ts'

const options = z.strictObject({
  model: modelName.describe('The chat model that directs: it must be able to call tools.'),
  rounds: z.number().int().min(1).max(8).default(4).describe('How often it may think and call.'),
  calls: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('Calls of models of the pool, all rounds together.'),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe("Dollars that all calls may cost, the router model's own included."),
  models: z.number().int().min(1).max(12).default(6).describe('Models that it is told of, at most.'),
  answerChars: z
    .number()
    .int()
    .min(200)
    .max(20_000)
    .default(4000)
    .describe('Characters of an answer that it sees.'),
})

type Options = z.output<typeof options>
type Answered = Extract<CallResult, { kind: 'answered' }>

/** What has been done so far. `asks`: the answers of the pool, `whole` those to the client's request as it stands. */
type Work = {
  readonly turn: Turn
  readonly router: Candidate
  readonly pool: readonly PoolTool[]
  readonly options: Options
  readonly limitUsd: number
  readonly asks: { readonly candidate: Candidate; readonly answer: Answer; readonly whole: boolean }[]
  spentUsd: number
  calls: number
}

const questionChars = 8000

/**
 * A chat model is the router: it thinks, calls models of the pool as tools over several rounds, and answers with what it has
 * learnt, or hands the answer of one of them over word for word (after Router-R1, arXiv 2506.09033, whose protocol this is, with
 * tool calls in the place of tags and a prompted model in the place of a trained one).
 */
export const routerModel = defineStrategy({
  name: 'router-model',
  summary: 'a chat model thinks, calls other models as tools over several rounds, and answers',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  advisers: ({ model }) => [modelId(model)],
  *choose(turn, chosen) {
    const router = turn.advisers.find(({ id }) => id === chosen.model)
    const fault = router ? unfitFor(turn.request, router) : `${chosen.model} may not serve this request`
    if (!router || fault !== null) {
      const order = byWorth(turn)
      return forward(order, `${fault}: ${order[0].id} answers alone, the best by value`)
    }
    return yield* direct({
      turn,
      router,
      pool: poolTools(turn.candidates, chosen.models),
      options: chosen,
      limitUsd: mostUsd(turn.objective, chosen.maxUsd),
      asks: [],
      spentUsd: 0,
      calls: 0,
    })
  },
})

function unfitFor(request: Request, router: Candidate): string | null {
  if (!router.model.capabilities.has('tools')) return `${router.id} can't call tools`
  if (request.tools.length > 0 || (request.hostedTools ?? []).length > 0)
    return "the request has tools of the client's own, which a router model can't pass on"
  return oneAnswerFault(request)
}

function* direct(work: Work): Choosing {
  const { router, pool, options: chosen, turn } = work
  let request = directionRequest(router, turn.request, pool, chosen)
  for (let round = 1; round <= chosen.rounds + 1; round++) {
    if (work.spentUsd + roundUsd(work, request) > work.limitUsd)
      return best(work, 'there was no money for another round')
    const result = yield* askOne(router, request)
    if (result.kind !== 'answered') return best(work, `${router.id} failed in round ${round}`)
    book(work, result)
    const wishes = wishesOf(result.answer, pool, questionChars)
    if (wishes.length === 0) return said(work, result.answer, round)
    const handed = handedOver(work, wishes)
    if (handed)
      return reply(
        handed.candidate,
        handed.answer,
        `${router.id} asked ${plural(work.calls, 'model')} and handed the answer of ${handed.candidate.id} over`,
      )
    if (round > chosen.rounds) break
    const results = yield* granted(work, wishes)
    request = continued(request, result.answer, results, round === chosen.rounds)
  }
  return best(work, `${router.id} came to no end in ${chosen.rounds} rounds`)
}

/** Its own words, where they have the form that the client asked for. */
function said(work: Work, answer: Answer, round: number): Verdict {
  const { router, turn } = work
  const fault = answerText(answer).trim() === '' ? 'is empty' : structuralFault(turn.request, answer)
  if (fault !== null) return best(work, `what ${router.id} wrote ${fault}`)
  return reply(
    router,
    answer,
    `${router.id} answers itself after ${plural(work.calls, 'call')} in ${plural(round - 1, 'round')}`,
  )
}

/** Of an answer that is there; of one that is not, the model is told. */
function handedOver({ asks }: Work, wishes: readonly Wish[]): Work['asks'][number] | null {
  for (const wish of wishes) {
    if (wish.kind !== 'hand-over') continue
    const given = asks.findLast(({ candidate }) => candidate === wish.candidate)
    if (given) return given
  }
  return null
}

/** Asks what may be asked, all at once; the results in the order of the wishes. */
function* granted(work: Work, wishes: readonly Wish[]): Choosing<readonly ToolResult[]> {
  const results = new Map<string, ToolResult>()
  const allowed: { readonly id: string; readonly call: Call }[] = []
  let plannedUsd = 0
  for (const wish of wishes) {
    const refused = refusal(work, wish, allowed.length, plannedUsd)
    if (refused !== null) results.set(wish.id, { id: wish.id, text: refused, isError: true })
    else if (wish.kind === 'ask') {
      plannedUsd += wishUsd(wish)
      allowed.push({
        id: wish.id,
        call: {
          candidate: wish.candidate,
          request: wish.question === null ? null : plainRequest(wish.question),
        },
      })
    }
  }
  const calls = allowed.map(({ call }) => call)
  if (isNonEmpty(calls)) {
    const answers = yield* askAll(calls)
    work.calls += calls.length
    answers.forEach((result, place) => {
      const { id, call } = allowed[place]!
      results.set(id, { id, ...told(work, result, call) })
    })
  }
  return wishes.flatMap(({ id }) => results.get(id) ?? [])
}

function refusal(work: Work, wish: Wish, planned: number, plannedUsd: number): string | null {
  if (wish.kind === 'malformed') return wish.fault
  if (wish.kind === 'hand-over')
    return 'That model has not answered yet. Ask it first, or write the answer yourself.'
  if (work.calls + planned >= work.options.calls) return 'No calls are left. Answer with what you have.'
  if (work.spentUsd + plannedUsd + wishUsd(wish) > work.limitUsd)
    return 'The money that is left does not pay for this call. Ask a cheaper model, or answer with what you have.'
  return null
}

const wishUsd = ({ candidate, question }: Extract<Wish, { kind: 'ask' }>): number =>
  question === null
    ? expectedUsd(candidate)
    : usdOf(candidate, tokensOfChars(question.length), candidate.outputTokens.mean)

function told(work: Work, result: CallResult, call: Call): Omit<ToolResult, 'id'> {
  if (result.kind !== 'answered')
    return { text: `${result.candidate.id} could not answer. Ask another model.`, isError: true }
  book(work, result)
  work.asks.push({ candidate: result.candidate, answer: result.answer, whole: call.request === null })
  const { answerChars } = work.options
  return { text: section('answer', answerAsText(result.answer), answerChars), isError: false }
}

function book(work: Work, { usd, candidate }: Answered): void {
  const expected = expectedUsd(candidate)
  work.spentUsd += usd ?? (Number.isFinite(expected) ? expected : 0)
}

const roundTokens = 300

function roundUsd({ router, limitUsd }: Work, { messages }: Request): number {
  if (limitUsd === Number.POSITIVE_INFINITY) return 0
  const chars = messages.reduce((sum, message) => sum + JSON.stringify(message.content).length, 0)
  return usdOf(router, tokensOfChars(chars), roundTokens)
}

/** Without an end of the router model's own: the best whole answer in hand, else a model of the pool answers. */
function best({ asks, turn }: Work, why: string): Verdict {
  const whole = asks.filter(({ whole: one, answer }) => one && structuralFault(turn.request, answer) === null)
  const [first] = byQuality(whole.map(({ candidate }) => candidate))
  const given = whole.findLast(({ candidate }) => candidate === first)
  if (given)
    return reply(
      given.candidate,
      given.answer,
      `${why}; the answer of ${given.candidate.id}, the best in hand, is given`,
    )
  const order = byWorth(turn)
  return forward(order, `${why}; ${order[0].id} answers, the best by value`)
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
