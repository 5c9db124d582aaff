/** What models and consultants may say, good, bad and nothing at all: for properties that every strategy keeps. */

import type { Answer, TokenLogprob } from '../../src/domain/answer.ts'
import { consequences, type FailureKind, failure } from '../../src/domain/failure.ts'
import { type Draw, pick, seededDraw } from '../../src/domain/random.ts'
import type { ConsultResult } from '../../src/domain/strategy.ts'
import type { Consult, Respond } from '../../src/engine/drive.ts'
import { anAnswer } from './builders.ts'

const failureKinds = Object.keys(consequences) as FailureKind[]

const someAnswers = [
  'Paris.',
  'Paris.',
  'The answer is (B).',
  'A',
  'B',
  '2',
  '0.8',
  'Score: 7/10',
  '[[A]]',
  '{"score": 0.4, "label": "B", "winner": 1}',
  '```json\n{"confidence": 95}\n```',
  'yes',
  'No, that is wrong.',
  'I do not know.',
  '',
  ' \n',
  '<answer>42</answer> <search>more</search>',
  '你好，答案是 \ud83d\ude00',
  'word '.repeat(3_000),
]

export type Weather = 'fair' | 'mixed' | 'all-fail' | 'all-cancelled'

/**
 * What models do, call after call: the same for one seed. An answer costs what was expected, so that sums can be checked; an
 * unknown price stays unknown.
 */
export function randomAnswers(seed: string, weather: Weather): Respond {
  const draw = seededDraw(`answers ${seed}`)
  return (candidate) => {
    const sky = weather === 'mixed' ? draw() : weather === 'fair' ? 1 : 0
    if (weather === 'all-cancelled' || (weather === 'mixed' && sky < 0.1))
      return { kind: 'cancelled', candidate }
    if (sky < 0.35)
      return { kind: 'failed', candidate, failure: failure(pick(draw, failureKinds), 'for tests') }
    const { cost } = candidate
    return {
      kind: 'answered',
      candidate,
      answer: randomAnswer(draw),
      usd: cost.kind === 'known' ? cost.usd.mean : null,
      latencyMs: Math.floor(draw() * 5_000),
    }
  }
}

function randomAnswer(draw: Draw): Answer {
  const text = pick(draw, someAnswers)
  const form = draw()
  if (form < 0.1)
    return anAnswer({
      parts: [{ kind: 'tool-call', id: 'c2', name: 'look_up', argumentsText: pick(draw, ['{"q":1}', '{']) }],
      finish: { kind: 'tool-calls', raw: 'tool_calls' },
    })
  if (form < 0.15) return anAnswer({ parts: [{ kind: 'refusal', text: 'I can not help with that.' }] })
  if (form < 0.2) return anAnswer({ parts: [] })
  if (form < 0.25) return anAnswer({ text, finish: { kind: 'content-filter', raw: 'content_filter' } })
  if (form < 0.3) return anAnswer({ text, finish: { kind: 'length', raw: 'length' } })
  return anAnswer({ text, logprobs: draw() < 0.6 ? randomLogprobs(text, draw) : [] })
}

function randomLogprobs(text: string, draw: Draw): readonly TokenLogprob[] {
  return (text.match(/\s*\S{1,4}/g) ?? []).slice(0, 40).map((token) => {
    const logprob = pick(draw, [0, -0.01, -0.5, -3, -100])
    const other = { token: pick(draw, ['A', 'B', ' yes', 'no']), logprob: pick(draw, [-0.7, -5]) }
    return { token, logprob, top: draw() < 0.7 ? [{ token, logprob }, other] : [] }
  })
}

/** What consultants say: anything that config lets through, or nothing. */
export function randomOpinions(seed: string, weather: Weather): Consult {
  const draw = seededDraw(`opinions ${seed}`)
  return ({ consultant, models }): ConsultResult => {
    if (weather !== 'fair' && (weather !== 'mixed' || draw() < 0.4))
      return { kind: 'silent', consultant, failure: failure('timed-out', 'for tests') }
    const number = () => pick(draw, [0, 1, draw(), draw()])
    const opinion = {
      ...(draw() < 0.6 && { score: number() }),
      ...(draw() < 0.5 && {
        scores: Object.fromEntries(
          [...models, 'nobody/knows'].filter(() => draw() < 0.7).map((id) => [id, number()]),
        ),
      }),
      ...(draw() < 0.5 && { label: pick(draw, ['A', 'hard', '', 'other/one']) }),
      ...(draw() < 0.3 && { because: 'it says so' }),
    }
    return { kind: 'said', consultant, opinion, latencyMs: 5 }
  }
}
