import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { fitMapLogistic, fitMapLogisticAround, type LogisticRows, rowLogOdds } from './map-logistic.ts'

const truth = [1.5, -0.8, 0.4]

function rows(count: number, offset = 0): LogisticRows {
  const draw = seededDraw('logistic')
  const columns = truth.length
  const inputs = Float64Array.from({ length: count * columns }, (_, cell) =>
    cell % columns === columns - 1 ? 1 : normal(draw),
  )
  const offsets = new Float64Array(count).fill(offset)
  const targets = Float64Array.from({ length: count }, (_, row) => {
    const z = truth.reduce((sum, weight, column) => sum + weight * inputs[row * columns + column]!, offset)
    return draw() < 1 / (1 + Math.exp(-z)) ? 1 : 0
  })
  return { inputs, columns, offsets, targets }
}

test('with many rows the coefficients are found, whatever the offset', () => {
  for (const offset of [0, 1]) {
    const found = fitMapLogistic(rows(4000, offset), 100)
    truth.forEach((weight, column) => {
      expect(Math.abs(found[column]! - weight)).toBeLessThan(0.15)
    })
  }
})

test('at the solution the gradient vanishes', () => {
  const data = rows(200)
  const found = fitMapLogistic(data, 0.5)
  for (let column = 0; column < data.columns; column++) {
    let gradient = found[column]! / 0.5
    for (let row = 0; row < 200; row++) {
      const predicted = 1 / (1 + Math.exp(-rowLogOdds(data, found, row)))
      gradient += (predicted - data.targets[row]!) * data.inputs[row * data.columns + column]!
    }
    expect(Math.abs(gradient)).toBeLessThan(1e-2)
  }
})

test('less variance keeps nearer to the start, none and no rows stay there', () => {
  const data = rows(200)
  const size = (variance: number, members?: number[]) =>
    Math.hypot(...fitMapLogistic(data, variance, members))
  expect(size(0.01)).toBeLessThan(size(0.1))
  expect(size(0.1)).toBeLessThan(size(1))
  expect(size(0)).toBe(0)
  expect(size(1, [])).toBe(0)
})

test('rows that one side explains wholly give finite coefficients', () => {
  const data = rows(50)
  const found = fitMapLogistic({ ...data, targets: new Float64Array(50).fill(1) }, 1)
  expect(found.every(Number.isFinite)).toBe(true)
})

describe('around priors of their own', () => {
  const priors = [
    { mean: 1, deviation: 0.1 },
    { mean: 0.5, deviation: 0.1 },
    { mean: 0, deviation: 10 },
  ]

  test('with no rows the means stand', () => {
    const none = {
      inputs: new Float64Array(0),
      columns: 3,
      offsets: new Float64Array(0),
      targets: new Float64Array(0),
    }
    expect([...fitMapLogisticAround(none, priors)]).toEqual([1, 0.5, 0])
  })

  test('a few rows hardly move what is held closely, many do', () => {
    const [few, many] = [20, 20_000].map((count) => fitMapLogisticAround(rows(count), priors))
    expect(Math.abs(few![1]! - 0.5)).toBeLessThan(0.15)
    truth.forEach((weight, column) => {
      expect(Math.abs(many![column]! - weight)).toBeLessThan(0.15)
    })
  })

  test('means of 0 and one deviation are the plain fit', () => {
    const plain = fitMapLogistic(rows(300, 1), 0.25)
    const around = fitMapLogisticAround(rows(300, 1), new Array(3).fill({ mean: 0, deviation: 0.5 }))
    plain.forEach((value, column) => {
      expect(around[column]).toBeCloseTo(value, 4)
    })
  })
})
