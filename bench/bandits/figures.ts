/** Means over repeated runs, with what they are uncertain by. */

export type Spread = { readonly mean: number; readonly deviation: number; readonly halfWidth: number }

/** 97.5 % point of Student's t by degrees of freedom (Cornish and Fisher's expansion, good to 0.002 from 9 on). */
function studentQuantile(degrees: number): number {
  const z = 1.959964
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  )
}

/** Mean, deviation of one run, and half of the 95 % interval of the mean. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(square / Math.max(1, values.length - 1))
  const error = deviation / Math.sqrt(values.length)
  return { mean, deviation, halfWidth: studentQuantile(Math.max(1, values.length - 1)) * error }
}

export const plusMinus = ({ mean, halfWidth }: Pick<Spread, 'mean' | 'halfWidth'>, digits: number): string =>
  `${mean.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`

export const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
