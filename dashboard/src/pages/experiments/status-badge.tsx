import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { Badge } from '../../ui/index.ts'

export function StatusBadge({
  experiment: { status, winner },
}: {
  readonly experiment: Pick<ExperimentState, 'status' | 'winner'>
}) {
  switch (status) {
    case 'running':
      return <Badge tone="accent">running</Badge>
    case 'stopped':
      return <Badge tone="warn">stopped, all to {winner}</Badge>
    case 'promoted':
      return <Badge tone="good">promoted {winner}</Badge>
    case 'rolled-back':
      return <Badge tone="bad">rolled back to {winner}</Badge>
    default:
      return unreachable(status)
  }
}
