import { useState } from 'react'
import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { send } from '../../api/client.ts'
import { Confirm, Select } from '../../ui/index.ts'

export type Ending = 'stop' | 'promote' | 'roll-back'

const words: Record<Ending, { readonly title: string; readonly action: string }> = {
  stop: { title: 'Stop the experiment', action: 'Stop it' },
  promote: { title: 'Promote a policy', action: 'Promote it' },
  'roll-back': { title: 'Roll back', action: 'Roll back' },
}

export function EndDialog({
  experiment: { definition },
  ending,
  onClose,
  onDone,
}: {
  readonly experiment: ExperimentState
  readonly ending: Ending
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { id, control, arms, policy } = definition
  const choices = ending === 'promote' ? arms.map((arm) => arm.policy) : [control]
  const [winner, setWinner] = useState(choices[0] ?? control)
  const { title, action } = words[ending]
  const run = () =>
    send('POST', `/admin/experiments/${encodeURIComponent(id)}/${ending}`, {
      winner,
    })
  return (
    <Confirm
      title={title}
      action={action}
      danger={ending === 'roll-back'}
      run={run}
      onDone={onDone}
      onClose={onClose}
    >
      {choices.length > 1 && (
        <Select
          label="Policy to promote"
          value={winner}
          onChange={setWinner}
          choices={choices.map((name) => ({ value: name, label: name }))}
        />
      )}
      <p>
        {id} ends for good, and all requests for {policy} go to <strong>{winner}</strong> from now on. To
        compare them again, begin another experiment.
      </p>
    </Confirm>
  )
}
