import { expect, test } from 'vitest'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../../test/support/builders.ts'
import type { Request } from '../../domain/request.ts'
import { askAll, consult, forward, reply, type Strategy, type Turn } from '../../domain/strategy.ts'
import { simulate } from '../../engine/simulate.ts'
import { throughRewritten } from './through-rewritten.ts'

const one = aCandidate({ id: 'acme/one' })
const two = aCandidate({ id: 'acme/two' })
const rewritten = aRequest({ text: 'rewritten' })
const another = aRequest({ text: 'of its own' })

function run(choose: Strategy) {
  const asked: Request[] = []
  const turn = aTurn({ candidates: [one, two], request: aRequest({ text: 'the client said' }) })
  const driven = simulate(
    (given: Turn) => throughRewritten(choose, given, rewritten),
    turn,
    (candidate, request) => {
      asked.push(request)
      return { kind: 'answered', candidate, answer: anAnswer(), usd: 0, latencyMs: 1 }
    },
  )
  return { ...driven, asked }
}

test('the strategy sees the rewritten request, and so do the models that it asks without another', () => {
  let seen: Request | null = null
  const { asked, verdict } = run(function* ({ request, candidates: [candidate] }) {
    seen = request
    const [result] = yield* askAll([
      { candidate, request: null },
      { candidate: two, request: another },
    ])
    return result?.kind === 'answered'
      ? reply(candidate, result.answer, 'answered')
      : forward([candidate], 'failed')
  })
  expect(seen).toBe(rewritten)
  expect(asked).toEqual([rewritten, another])
  expect(verdict.kind).toBe('reply')
})

test('a forward carries it, unless it has a request of its own; a consultant is asked as the strategy says', () => {
  expect(
    run(function* ({ candidates }) {
      return forward(candidates, 'plain')
    }),
  ).toMatchObject({ verdict: { request: rewritten }, asked: [rewritten] })
  expect(
    run(function* ({ candidates, request }) {
      yield* consult([{ consultant: 'checker', request, about: null, models: [] }])
      return { ...forward(candidates, 'own'), request: another } as ReturnType<typeof forward>
    }),
  ).toMatchObject({ verdict: { request: another }, asked: [another] })
})
