import { expectedWaitMs } from '../../health/load.ts'
import type { KnownTarget, TargetChoice } from './target-choice.ts'

/**
 * The better of two that are drawn (Mitzenmacher 2001): nearly as even as asking the best of all, and no herd forms behind
 * the one that looks best. Better means the smaller peak-EWMA latency times calls under way. One that was never asked has
 * no latency yet and goes first.
 */
export const powerOfTwo: TargetChoice = {
  name: 'power-of-two',
  summary: 'the faster and less busy of two that are drawn',
  choose: (ready, { draw, stream }) => {
    const first = Math.floor(draw() * ready.length)
    const other = Math.floor(draw() * (ready.length - 1))
    const second = other >= first ? other + 1 : other
    return isBetter(ready[second]!, ready[first]!, stream) ? second : first
  },
}

function isBetter(one: KnownTarget, other: KnownTarget, stream: boolean): boolean {
  const waits = expectedWaitMs(one.health.load, stream) - expectedWaitMs(other.health.load, stream)
  return waits < 0 || (waits === 0 && one.health.load.inFlight < other.health.load.inFlight)
}
