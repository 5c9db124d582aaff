import { type LimitPeriod, limitPeriods } from '../../../../src/domain/limits.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { Button, Field, Select } from '../../ui/index.ts'
import type { Faults } from './draft.ts'
import { emptyLimit, type LimitDraft, sayUsed, usedOf } from './limit-draft.ts'

const periods: Record<LimitPeriod, string> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  lifetime: 'in all',
}

/** Spending limits, each a row; there is always one to write into. One that is emptied is lifted. */
export function LimitRows({
  limits,
  faults,
  used,
  onChange,
}: {
  readonly limits: readonly LimitDraft[]
  readonly faults: Faults
  /** What has been used of the limits that hold; `null`: of something new. */
  readonly used: readonly LimitStatus[] | null
  readonly onChange: (limits: readonly LimitDraft[]) => void
}) {
  const rows = limits.length === 0 ? [emptyLimit] : limits
  const set = (at: number, changes: Partial<LimitDraft>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...changes } : row)))
  return (
    <>
      {rows.map((row, index) => (
        <LimitRow
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are added at the end, and none is taken out
          key={index}
          number={index + 1}
          row={row}
          fault={faults[`limit ${index}`]}
          used={used}
          set={(changes) => set(index, changes)}
        />
      ))}
      <div className="row">
        <Button kind="quiet" onClick={() => onChange([...rows, emptyLimit])}>
          Add another spending limit
        </Button>
      </div>
    </>
  )
}

function LimitRow({
  number,
  row,
  fault,
  used,
  set,
}: {
  readonly number: number
  readonly row: LimitDraft
  readonly fault: string | undefined
  readonly used: readonly LimitStatus[] | null
  readonly set: (changes: Partial<LimitDraft>) => void
}) {
  const said = used === null ? null : sayUsed(row, usedOf(row, used))
  return (
    <fieldset className="limit-row">
      <legend className="only-heard">Spending limit {number}</legend>
      <div className="filters">
        <Select
          label="Counted in"
          value={row.unit}
          onChange={(unit) => set({ unit: unit === 'tokens' ? 'tokens' : 'usd' })}
          choices={[
            { value: 'usd', label: 'dollars' },
            { value: 'tokens', label: 'tokens' },
          ]}
        />
        <Field
          label={row.unit === 'usd' ? 'Dollars' : 'Tokens'}
          value={row.amount}
          onChange={(amount) => set({ amount })}
          error={fault}
        />
        <Select
          label="Per"
          value={row.per}
          onChange={(per) => set({ per: limitPeriods.find((one) => one === per) ?? 'month' })}
          choices={limitPeriods.map((per) => ({ value: per, label: periods[per] }))}
        />
        <Field
          label="Cheaper models from (%)"
          value={row.softAt}
          onChange={(softAt) => set({ softAt })}
          placeholder="never"
        />
      </div>
      {said !== null && (
        <p role="status" className={said.refuses ? 'field-error' : 'note'}>
          {said.text}
        </p>
      )}
    </fieldset>
  )
}
