export type Column = { readonly title: string; readonly align?: 'left' | 'right' }

/** A plain-text table: columns padded to their widest cell, two spaces between, no rules but one under the heads. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        columns[index]!.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd()
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map((row) => line(columns.map((_, index) => row[index] ?? ''))),
  ].join('\n')
}

/** Dollars with enough digits to be read: `$0.000123`, `$1.23`. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0'
  const digits = Math.abs(usd) >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(Math.abs(usd))))
  return `$${usd.toFixed(digits)}`
}

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`
