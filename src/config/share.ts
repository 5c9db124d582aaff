import { z } from 'zod'

/** A share of 1, written as `0.95` or `95%`. */
export const share = z
  .union([z.number(), z.string()])
  .transform((value, context): number => {
    const number = typeof value === 'string' ? fromPercent(value) : value
    const problem = shareProblem(value, number)
    if (problem === null) return number
    context.issues.push({ code: 'custom', message: problem, input: value })
    return z.NEVER
  })
  .describe('A share: 0.95 or 95%.')

const fromPercent = (value: string): number =>
  /^\d+(\.\d+)?\s*%$/.test(value.trim()) ? Number.parseFloat(value) / 100 : Number.NaN

function shareProblem(written: number | string, number: number): string | null {
  if (number >= 0 && number <= 1) return null
  const value = typeof written === 'string' ? JSON.stringify(written) : String(written)
  if (Number.isNaN(number))
    return `${value} is not a share. Write a number from 0 to 1, such as 0.95, or 95%.`
  if (number < 0) return `${value} is below 0. Write a number from 0 to 1, such as 0.95.`
  const percent = typeof written === 'number' && number <= 100
  return `${value} is above 1. Write ${percent ? Number((number / 100).toPrecision(12)) : 'a number from 0 to 1, such as 0.95'}.`
}
