import { format, Table } from '../../ui/index.ts'
import { bareWorth, type Rival } from './regret.ts'

/** Each model alone, and the predictions alone, against what was earned; or why that can't be said. */
export const RivalTable = ({ rivals }: { readonly rivals: readonly Rival[] }) => (
  <Table
    caption="Earned beyond the policy, over the decisions left to chance"
    showCaption
    rows={rivals}
    rowKey={({ kind, name }) => `${kind} ${name}`}
    columns={[
      {
        key: 'name',
        title: 'Instead',
        cell: ({ kind, name }) => <span className="wrap">{kind === 'model' ? `always ${name}` : name}</span>,
      },
      {
        key: 'reading',
        title: 'Good answers more (95 %)',
        cell: ({ reading }) =>
          reading.kind === 'interval' ? (
            `${bareWorth(reading.estimate)} (${bareWorth(reading.low)} to ${bareWorth(reading.high)})`
          ) : (
            <span className="quiet wrap">can’t be said: {reading.because}</span>
          ),
      },
      {
        key: 'effective',
        title: 'Graded answers of its own',
        align: 'right',
        wide: true,
        cell: ({ effective }) => format.decimal(effective, 0),
      },
      {
        key: 'candidate',
        title: 'Candidate on',
        align: 'right',
        wide: true,
        cell: ({ candidateOn }) => format.count(candidateOn),
      },
    ]}
  />
)
