import { unreachable } from '../../../../src/domain/unreachable.ts'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { Field, format, Select } from '../../ui/index.ts'
import type { Expiry, Faults, KeyDraft } from './draft.ts'
import { GroupSelect, OwnerFields } from './owner-fields.tsx'

export type KeyFieldsProps = {
  readonly draft: KeyDraft
  readonly faults: Faults
  readonly groups: readonly KeyGroup[]
  /** What has been used of its limits; `null`: it is new. */
  readonly used: readonly LimitStatus[] | null
  /** When it expires as it stands; `null`: never, or it is new. */
  readonly expiresAt: string | null
  readonly set: (changes: Partial<KeyDraft>) => void
}

/** All that can be said of a virtual key, whether it is made or changed. */
export const KeyFields = ({ draft, faults, groups, used, expiresAt, set }: KeyFieldsProps) => (
  <>
    <Field label="Name" value={draft.name} onChange={(name) => set({ name })} error={faults.name} />
    <div className="filters">
      <GroupSelect
        label="Team or project"
        value={draft.group}
        groups={groups}
        onChange={(group) => set({ group })}
      />
      <Field label="User" value={draft.user} onChange={(user) => set({ user })} />
      <Field label="Tags" value={draft.tags} onChange={(tags) => set({ tags })} placeholder="with commas" />
    </div>
    <OwnerFields draft={draft} faults={faults} used={used} set={set} />
    <div className="filters">
      <Select
        label="Expires"
        value={draft.expiry}
        onChange={(expiry) => set({ expiry: expiries.find((one) => one === expiry) ?? 'never' })}
        choices={expiries
          .filter((expiry) => expiry !== 'stays' || expiresAt !== null)
          .map((expiry) => ({ value: expiry, label: sayExpiry(expiry, expiresAt) }))}
      />
      {draft.expiry === 'after' && (
        <Field
          label="Expires in"
          value={draft.expiresIn}
          onChange={(expiresIn) => set({ expiresIn })}
          error={faults.expiresIn}
          hint="From now on, as 12h or 30d."
        />
      )}
    </div>
  </>
)

const expiries: readonly Expiry[] = ['stays', 'never', 'after']

function sayExpiry(expiry: Expiry, expiresAt: string | null): string {
  switch (expiry) {
    case 'stays':
      return format.time(expiresAt)
    case 'never':
      return 'never'
    case 'after':
      return 'after a while'
    default:
      return unreachable(expiry)
  }
}
