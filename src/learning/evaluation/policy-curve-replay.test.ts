import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { replay } from '../../engine/replay.ts'
import { utility } from '../../strategies/utility.ts'
import { aCandidate, aTurn } from '../../../test/support/builders.ts'
import { noAids } from '../../strategies/strategy.ts'
import { chooseAt } from './policy-curve.ts'

const cells = fc.array(
  fc.record({ quality: fc.integer({ min: 0, max: 20 }), cost: fc.integer({ min: 1, max: 30 }) }),
  { minLength: 1, maxLength: 6 },
)

test('the swept choices are those of the utility strategy, replayed', () => {
  fc.assert(
    fc.property(cells, fc.constantFrom(0, 0.5, 3, 10, 45, 300), (row, lambda) => {
      const predictions = {
        rows: 1,
        models: row.length,
        quality: Float64Array.from(row, ({ quality }) => quality / 20),
        costUsd: Float64Array.from(row, ({ cost }) => cost / 1000),
      }
      const candidates = row.map(({ quality, cost }, index) =>
        aCandidate({ id: `acme/m${index}`, quality: quality / 20, usd: cost / 1000 }),
      ) as unknown as NonEmpty<Candidate>
      const objective = { lambda, mu: 0, maxCostUsd: null, statedAs: 'test' }
      const replayed = replay(
        (turn) => utility.choose(turn, { deadBand: 0 }, noAids),
        aTurn({ candidates, objective }),
        (candidate) => ({
          score: candidate.quality.mean,
          usd: 0,
          latencyMs: 0,
        }),
      )
      const swept = candidates[chooseAt(predictions, lambda)[0]!]!
      const chosen = candidates.find(({ id }) => id === replayed.model)!
      // Rounding may break a tie either way.
      expect(worth(chosen, lambda)).toBeCloseTo(worth(swept, lambda), 9)
    }),
    { numRuns: 300 },
  )
})

const worth = ({ quality, cost }: Candidate, lambda: number): number =>
  quality.mean - lambda * (cost.kind === 'known' ? cost.usd.mean : Number.NaN)
