/** What models and consultants may say: anything, or nothing. The same for one seed. */

import type { Answer } from '../../domain/answer.ts'
import { consequences, type FailureKind, failure } from '../../domain/failure.ts'
import { type Draw, pick, seededDraw } from '../../domain/random.ts'
import type { ConsultResult } from '../../domain/strategy.ts'
import type { Consult, Respond } from '../../engine/drive.ts'
import { anAnswer } from './builders.ts'

export type Weather = 'fair' | 'mixed' | 'all-fail' | 'all-cancelled'
export const weathers: readonly Weather[] = ['mixed', 'mixed', 'mixed', 'fair', 'all-fail', 'all-cancelled']

const failureKinds = Object.keys(consequences) as FailureKind[]

const someTexts = [
  'Paris.',
  'The answer is (B).',
  'A',
  '2',
  '0.8',
  '[[A]]',
  '{"score": 0.4, "label": "B", "winner": 1}',
  '```json\n{"confidence": 95}\n```',
  'No, that is wrong.',
  '',
  ' \n',
  '<answer>42</answer> <search>more</search>',
  '你好，答案是 \ud83d\ude00',
  'word '.repeat(3_000),
]

/** An answer costs what was expected, so that sums can be checked; an unknown price stays unknown. */
export function randomAnswers(seed: string, weather: Weather): Respond {
  const draw = seededDraw(`answers ${seed}`)
  return (candidate) => {
    const sky = weather === 'mixed' ? draw() : weather === 'fair' ? 1 : 0.2
    if (weather === 'all-cancelled' || sky < 0.1) return { kind: 'cancelled', candidate }
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
  const text = pick(draw, someTexts)
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
  const tokens = (text.match(/\s*\S{1,4}/g) ?? []).slice(0, 40)
  const logprobs = tokens.map((token) => {
    const logprob = pick(draw, [0, -0.01, -3, -100])
    return { token, logprob, top: draw() < 0.7 ? [{ token, logprob }] : [] }
  })
  return anAnswer({ text, logprobs: draw() < 0.6 ? logprobs : [] })
}

export function randomOpinions(seed: string, weather: Weather): Consult {
  const draw = seededDraw(`opinions ${seed}`)
  return ({ consultant, models }): ConsultResult => {
    if (weather !== 'fair' && (weather !== 'mixed' || draw() < 0.4))
      return { kind: 'silent', consultant, failure: failure('timed-out', 'for tests') }
    const scored = [...models, 'nobody/knows'].filter(() => draw() < 0.7)
    const opinion = {
      ...(draw() < 0.6 && { score: pick(draw, [0, 1, draw()]) }),
      ...(draw() < 0.5 && { scores: Object.fromEntries(scored.map((id) => [id, draw()])) }),
      ...(draw() < 0.5 && { label: pick(draw, ['A', 'hard', '', 'other/one']) }),
    }
    return { kind: 'said', consultant, opinion, latencyMs: 5 }
  }
}
