/** Where a strategy may send a request: a model by its id, or another policy, which chooses as if it had been asked itself. */

import { failure } from './failure.ts'
import { isNonEmpty } from './non-empty.ts'
import type { Policy } from './policy.ts'
import { type Choosing, forward, refuse, type Strategy, type Turn, type Verdict } from './strategy.ts'

/** A strategy for each way that a policy's options name. */
export type Ways = (name: string) => Strategy

/** `policies` may still be filled while the ways are made: a way looks its policy up when it is taken. */
export const waysOver =
  (policies: ReadonlyMap<string, Policy>): Ways =>
  (name) => {
    const policy = () => policies.get(name)
    return function* way(turn) {
      const nested = policy()
      return nested ? yield* within(nested, turn) : toModel(name, turn)
    }
  }

/** The named model first; where it may not serve, the rest of the candidates stand in. */
function toModel(name: string, { candidates }: Turn): Verdict {
  const named = candidates.find(({ id }) => id === name)
  if (!named) return forward(candidates, `${name} may not serve this request; ${candidates[0].id} stands in`)
  return forward([named, ...candidates.filter((candidate) => candidate !== named)], `to ${name}`)
}

/** Only its own models may serve, whatever the policy around it could choose from: a pool may be a rule of law. */
function* within(policy: Policy, turn: Turn): Choosing {
  const own = turn.nested[policy.name]
  if (!own) return refuse(failure('unavailable', `\`${policy.name}\` was not prepared for this request.`))
  const lawful = isNonEmpty(own.candidates) ? own.candidates : own.fallbacks
  if (!isNonEmpty(lawful))
    return refuse(own.nobody ?? failure('rejected', `No model of \`${policy.name}\` may serve this request.`))
  const verdict = yield* policy.choose({
    ...turn,
    candidates: lawful,
    objective: own.objective,
    learnt: own.learnt ?? null,
    exploration: own.exploration ?? null,
  })
  const because = `${policy.name}: ${verdict.because}`
  return verdict.kind === 'forward'
    ? { ...verdict, because, by: verdict.by ?? policy.name }
    : { ...verdict, because }
}
