import type { FrontierPoint, PlanePoint } from '../../../../src/domain/plane.ts'
import { format, Table } from '../../ui/index.ts'
import type { Shown } from './shown.ts'

/** Every model with the share of requests that it would have answered. */
export function Shares({ shown, here }: { readonly shown: Shown; readonly here: FrontierPoint }) {
  const shareOf = ({ name }: PlanePoint): number => here.shares[name] ?? 0
  // By cost, not by share: rows that change places while the dial is dragged can't be read.
  return (
    <Table
      caption="Models by cost, with the share of requests that each would have answered"
      rows={shown.models}
      rowKey={({ name }) => name}
      columns={[
        { key: 'model', title: 'Model', cell: ({ name }) => <span className="wrap">{name}</span> },
        {
          key: 'share',
          title: 'Share of requests',
          cell: (model) => (
            <div className="share">
              <span className="share-track" aria-hidden="true">
                <span className="share-part" style={{ width: `${shareOf(model) * 100}%` }} />
              </span>
              <span>{format.percent(shareOf(model))}</span>
            </div>
          ),
        },
        {
          key: 'quality',
          title: 'Quality alone',
          align: 'right',
          wide: true,
          cell: ({ quality }) => format.percent(quality.mean),
        },
        {
          key: 'usd',
          title: 'Cost per 1,000 alone',
          align: 'right',
          wide: true,
          cell: ({ usd }) => format.money(usd.mean * 1_000),
        },
      ]}
    />
  )
}
