import type { DecisionLine } from '../api/types.ts'
import { Badge } from './layout.tsx'

/** How a request ended, in words. */
export function Status({ status, failure }: Pick<DecisionLine, 'status' | 'failure'>) {
  switch (status) {
    case 'answered':
      return <Badge tone="good">answered</Badge>
    case 'failed':
      return <Badge tone="bad">{failure ?? 'failed'}</Badge>
    case 'cancelled':
      return <Badge tone="warn">cancelled</Badge>
    default:
      return <Badge>under way</Badge>
  }
}
