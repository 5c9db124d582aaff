import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factorRidge, solveRidge } from './ridge.ts'

const none: ReadonlySet<number> = new Set()

test('one column is solved as by hand: sum xy / (sum xx + penalty)', () => {
  const rows = Float64Array.of(1, 2, 3)
  const [weight] = solveRidge(factorRidge(rows, 1, 2, none), rows, [2, 4, 9])
  expect(weight).toBeCloseTo((1 * 2 + 2 * 4 + 3 * 9) / (14 + 2), 12)
})

test('two columns are solved as by hand', () => {
  // X'X = [[5, 1], [1, 2]], X'y = [7, 4]; with penalty 1 on both: [[6, 1], [1, 3]] w = [7, 4], det 17.
  const rows = Float64Array.of(1, 1, 2, 0, 0, 1)
  const solution = solveRidge(factorRidge(rows, 2, 1, none), rows, [3, 2, 1])
  expect(solution[0]).toBeCloseTo((7 * 3 - 4 * 1) / 17, 12)
  expect(solution[1]).toBeCloseTo((6 * 4 - 1 * 7) / 17, 12)
})

describe('the intercept', () => {
  const rows = Float64Array.from([0, 1, 2, 3, 4].flatMap((x) => [x, 1]))
  const targets = [100, 102, 104, 106, 108]

  test('is the last column and is not penalised unless told', () => {
    const [slope, intercept] = solveRidge(factorRidge(rows, 2, 1e9), rows, targets)
    expect(slope).toBeCloseTo(0, 6)
    expect(intercept).toBeCloseTo(104, 3)
  })

  test('and slope are those of the line where the penalty is small', () => {
    const [slope, intercept] = solveRidge(factorRidge(rows, 2, 1e-9), rows, targets)
    expect(slope).toBeCloseTo(2, 4)
    expect(intercept).toBeCloseTo(100, 3)
  })
})

test('the solution satisfies the normal equations, for any rows and any number of targets', () => {
  const columns = 3
  const value = fc.double({ min: -5, max: 5, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.tuple(value, value, value), value), { minLength: 1, maxLength: 30 }),
      (table) => {
        const rows = Float64Array.from(table.flatMap(([row]) => row))
        const factor = factorRidge(rows, columns, 0.5, none)
        for (const targets of [table.map(([, y]) => y), table.map(([row]) => row[0] + 1)]) {
          const w = solveRidge(factor, rows, targets)
          for (let i = 0; i < columns; i++) {
            let slope = 0.5 * w[i]!
            table.forEach(([row], r) => {
              slope += row[i]! * (row[0] * w[0]! + row[1] * w[1]! + row[2] * w[2]! - targets[r]!)
            })
            expect(slope).toBeCloseTo(0, 5)
          }
        }
      },
    ),
  )
})

test('stays finite with columns that say the same, with constant ones and with no rows', () => {
  const twins = Float64Array.from([1, 2, 3].flatMap((x) => [x, x, 0, 1]))
  expect(solveRidge(factorRidge(twins, 4, 1e-12), twins, [1, 2, 3]).every(Number.isFinite)).toBe(true)
  const empty = new Float64Array(0)
  expect([...solveRidge(factorRidge(empty, 3, 1), empty, [])]).toEqual([0, 0, 0])
})
