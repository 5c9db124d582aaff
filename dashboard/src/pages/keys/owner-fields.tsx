import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { Field, Select } from '../../ui/index.ts'
import type { Faults, OwnerDraft } from './draft.ts'
import { nothingAllowed } from './draft.ts'
import { LimitRows } from './limit-rows.tsx'

export type OwnerFieldsProps = {
  readonly draft: OwnerDraft
  readonly faults: Faults
  /** `null`: nothing can have been used yet. */
  readonly used: readonly LimitStatus[] | null
  readonly set: (changes: Partial<OwnerDraft>) => void
}

/** What keys, teams and projects may spend, how fast, and what they may use. */
export const OwnerFields = (props: OwnerFieldsProps) => (
  <>
    <LimitRows
      limits={props.draft.limits}
      faults={props.faults}
      used={props.used}
      onChange={(limits) => props.set({ limits })}
    />
    <RateFields {...props} />
    <AccessFields {...props} />
  </>
)

const RateFields = ({ draft, faults, set }: OwnerFieldsProps) => (
  <div className="filters">
    <Field
      label="Requests a minute"
      value={draft.requestsPerMinute}
      onChange={(requestsPerMinute) => set({ requestsPerMinute })}
      error={faults.requestsPerMinute}
    />
    <Field
      label="Tokens a minute"
      value={draft.tokensPerMinute}
      onChange={(tokensPerMinute) => set({ tokensPerMinute })}
      error={faults.tokensPerMinute}
    />
    <Field
      label="Requests at once"
      value={draft.concurrency}
      onChange={(concurrency) => set({ concurrency })}
      error={faults.concurrency}
    />
  </div>
)

const AccessFields = ({ draft, set }: OwnerFieldsProps) => (
  <>
    <Field
      label="Policies"
      value={draft.policies}
      onChange={(policies) => set({ policies })}
      hint={`Names with commas. Empty: all; ${nothingAllowed}: none.`}
    />
    <Field
      label="Models"
      value={draft.models}
      onChange={(models) => set({ models })}
      hint={`Ids with commas, or a vendor’s all as vendor/*. Empty: all; ${nothingAllowed}: none.`}
    />
    <Field
      label="MCP tools"
      value={draft.tools}
      onChange={(tools) => set({ tools })}
      hint={`As server/tool or server/*, with commas. Empty: all; ${nothingAllowed}: none.`}
    />
  </>
)

/** A team or project by its id, or none. */
export const GroupSelect = ({
  label,
  value,
  groups,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly onChange: (id: string) => void
}) => (
  <Select
    label={label}
    value={value}
    onChange={onChange}
    choices={[{ value: '', label: 'None' }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
  />
)
