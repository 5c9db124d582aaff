import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRequest, aSignals, aTurn } from '../../../test/support/builders.ts'
import { nothingAsked, type Turn } from '../../domain/strategy.ts'
import { conditionOf, holds } from './condition.ts'
import { conditionSchema, type WrittenCondition } from './condition-schema.ts'
import { alternativesOf, satisfiable } from './satisfiable.ts'

const taskTypes = ['chat', 'code', 'math'] as const
const tagLists = [[], ['a'], ['b'], ['a', 'b'], ['c']]
const users = [null, 'ann', 'bob', 'other']

/** Every request that conditions over these facts and bounds can tell apart. */
const world: readonly Turn[] = [...taskTypes, 'creative' as const].flatMap((taskType) =>
  [0, 1, 2, 3, 4].flatMap((images) =>
    [0, 0.25, 0.4, 0.5, 0.6, 0.75, 1].flatMap((complexity) =>
      tagLists.flatMap((tags) =>
        users.map((user) =>
          aTurn({
            request: aRequest(),
            signals: aSignals({
              taskType,
              complexity,
              structure: { ...aSignals().structure, images },
            }),
            asked: { ...nothingAsked, tags, user },
          }),
        ),
      ),
    ),
  ),
)

const bounds = <T>(bound: fc.Arbitrary<T>) =>
  fc.oneof(fc.record({ atLeast: bound }), fc.record({ below: bound }), fc.record({ is: bound }))

const fact = fc.oneof(
  fc.record({ taskType: fc.subarray([...taskTypes], { minLength: 1 }) }),
  fc.record({ structure: fc.record({ images: bounds(fc.integer({ min: 1, max: 3 })) }) }),
  fc.record({ complexity: bounds(fc.constantFrom(0.25, 0.5, 0.75)) }),
  fc.record({ tags: fc.constantFrom('a', 'b') }),
  fc.record({ user: fc.constantFrom('ann', { is: ['ann', 'bob'] }, { present: true }) }),
) as fc.Arbitrary<WrittenCondition>

const { condition } = fc.letrec<{ condition: WrittenCondition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fact,
    fc.record({ not: tie('condition') }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
  ) as fc.Arbitrary<WrittenCondition>,
}))

describe('conditions taken apart', () => {
  test('hold where the condition does', () => {
    fc.assert(
      fc.property(condition, fc.constantFrom(...world), fc.boolean(), (written, turn, wanted) => {
        const whole = conditionOf(conditionSchema.parse(written))
        const alternatives = alternativesOf(whole, 500, wanted)
        fc.pre(alternatives !== null)
        const some = alternatives.some((literals) =>
          literals.every(
            ({ fact: of, test: asked, holds: should }) =>
              holds({ kind: 'test', fact: of, test: asked }, turn) === should,
          ),
        )
        expect(some).toBe(holds(whole, turn) === wanted)
      }),
    )
  })

  test('can hold together exactly where there is a request of which they do', () => {
    fc.assert(
      fc.property(condition, condition, (one, other) => {
        const both = conditionOf(conditionSchema.parse({ all: [one, other] }))
        const alternatives = alternativesOf(both, 500)
        fc.pre(alternatives !== null)
        const found = alternatives.map((literals) => satisfiable(literals).kind)
        expect(found).not.toContain('unknown')
        expect(found.includes('yes')).toBe(world.some((turn) => holds(both, turn)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('an example is found', () => {
  const together = (written: unknown) =>
    alternativesOf(conditionOf(conditionSchema.parse(written)), 64)!.map((one) => satisfiable(one))

  test.each<readonly [unknown, string]>([
    [{ all: [{ text: { contains: 'refund' } }, { text: { startsWith: 'hello' } }] }, 'yes'],
    [{ all: [{ text: { matches: '*invoice*' } }, { text: { mentions: 'refund' } }] }, 'yes'],
    [{ all: [{ text: { is: 'stop' } }, { text: { contains: 'go' } }] }, 'no'],
    [{ all: [{ text: { is: 'stop' } }, { not: { text: { startsWith: 'st' } } }] }, 'no'],
    [{ all: [{ metadata: { seats: { atLeast: 10 } } }, { metadata: { seats: { below: 5 } } }] }, 'no'],
    [{ all: [{ metadata: { seats: { atLeast: 10 } } }, { metadata: { seats: { below: 11 } } }] }, 'yes'],
    [{ all: [{ user: { present: false } }, { user: 'ann' }] }, 'no'],
    [{ all: [{ classes: { d: { law: { atLeast: 0.6 }, health: { atLeast: 0.5 } } } }] }, 'no'],
    [{ all: [{ classes: { d: { law: { atLeast: 0.4 }, health: { atLeast: 0.5 } } } }] }, 'yes'],
    [{ all: [{ classes: { d: { law: { atLeast: 0.6 } }, e: { law: { atLeast: 0.6 } } } }] }, 'yes'],
    // Two forms that fit in a way that is not looked for: nothing is claimed.
    [
      { all: [{ text: { startsWith: 'ab' } }, { text: { matches: '?bc*' } }, { not: { text: 'abc' } }] },
      'unknown',
    ],
  ])('of %j: %s', (written, expected) => {
    expect(together(written).map(({ kind }) => kind)).toEqual([expected])
  })
})
