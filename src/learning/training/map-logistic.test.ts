import { expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { fitMapLogistic, type LogisticRows, rowLogOdds } from './map-logistic.ts'

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
