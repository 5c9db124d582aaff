import { type FormEvent, useState } from 'react'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, Field, Select } from '../../ui/index.ts'

export function GroupDialog({
  groups,
  onClose,
  onCreated,
}: {
  readonly groups: readonly KeyGroup[]
  readonly onClose: () => void
  readonly onCreated: () => void
}) {
  const [kind, setKind] = useState<KeyGroup['kind']>('team')
  const [name, setName] = useState('')
  const [team, setTeam] = useState('')
  const [usd, setUsd] = useState('')
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const dollars = usd.trim() === '' ? null : Number(usd.replace('$', ''))
  const faults = {
    name: name.trim() === '' ? 'Give it a name.' : null,
    usd: dollars !== null && !(dollars > 0) ? 'Write dollars above 0, or nothing for no limit.' : null,
  }
  const [tried, setTried] = useState(false)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (faults.name !== null || faults.usd !== null) return
    setBusy(true)
    setError(null)
    try {
      await send('POST', '/admin/groups', {
        kind,
        name: name.trim(),
        ...(kind === 'project' && team !== '' && { team }),
        ...(dollars !== null && { limits: [{ usd: dollars, per: 'month' }] }),
      })
      onCreated()
      onClose()
    } catch (thrown) {
      setError(errorFrom(thrown))
      setBusy(false)
    }
  }
  const teams = groups.filter((group) => group.kind === 'team')
  return (
    <Dialog title="Create a team or project" onClose={onClose}>
      <form className="stack" onSubmit={create} noValidate>
        <div className="filters">
          <Select
            label="Kind"
            value={kind}
            onChange={(chosen) => setKind(chosen === 'project' ? 'project' : 'team')}
            choices={[
              { value: 'team', label: 'Team' },
              { value: 'project', label: 'Project' },
            ]}
          />
          {kind === 'project' && (
            <Select
              label="Of team"
              value={team}
              onChange={setTeam}
              choices={[
                { value: '', label: 'None' },
                ...teams.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          )}
        </div>
        <Field label="Name" value={name} onChange={setName} error={tried ? faults.name : null} />
        <Field label="Dollars a month" value={usd} onChange={setUsd} error={tried ? faults.usd : null} />
        {error !== null && <ErrorBox error={error} />}
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            Create
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
