import { useState } from 'react'
import type { CalibrationVersion } from '../../../../src/gateway/learning/correction/state.ts'
import { send, useMayChange, useQuery } from '../../api/client.ts'
import { Badge, Button, Card, Confirm, Empty, format, Table } from '../../ui/index.ts'

/** Corrections of predictions, fitted on feedback and tried on a share of sessions before they serve. */
export function CorrectionCard() {
  const history = useQuery<{ readonly versions: readonly CalibrationVersion[] }>('/admin/correction/history')
  const mayChange = useMayChange()
  const [doing, setDoing] = useState<'fit' | 'rollback' | null>(null)
  const versions = history.data?.versions ?? []
  const offered = mayChange && versions.length > 0
  return (
    <Card
      title="Corrections of predictions"
      note="Fitted on a schedule, judged on later answers, tried on a share of sessions, and only then served."
      actions={
        offered && (
          <>
            <Button onClick={() => setDoing('fit')}>Fit now…</Button>
            <Button onClick={() => setDoing('rollback')}>Roll back…</Button>
          </>
        )
      }
    >
      {versions.length === 0 ? (
        <Empty title="Predictions are not corrected by feedback">
          <p>
            Write <code>{'learning: { calibration: {} }'}</code> into the configuration.
          </p>
        </Empty>
      ) : (
        <Versions versions={versions} />
      )}
      {doing !== null && (
        <Confirm
          title={doing === 'fit' ? 'Fit a correction now' : 'Roll back the correction'}
          action={doing === 'fit' ? 'Fit' : 'Roll back'}
          run={() => send('POST', `/admin/correction/${doing}`)}
          onDone={history.reload}
          onClose={() => setDoing(null)}
        >
          <p>
            {doing === 'fit'
              ? 'Feedback of late is read, a correction fitted and judged. It serves nobody before it has been found better.'
              : 'Predictions go by the correction that served before this one.'}
          </p>
        </Confirm>
      )}
    </Card>
  )
}

const Versions = ({ versions }: { readonly versions: readonly CalibrationVersion[] }) => (
  <Table
    caption="Versions of the correction, newest first"
    rows={versions}
    rowKey={({ version }) => String(version)}
    columns={[
      {
        key: 'version',
        title: 'Version',
        cell: ({ version, current }) => (
          <>
            {version} {current && <Badge tone="good">current</Badge>}
          </>
        ),
      },
      { key: 'at', title: 'At', cell: ({ at }) => format.time(at) },
      { key: 'why', title: 'Why', cell: ({ why }) => why },
      { key: 'because', title: 'Because', wide: true, cell: ({ because }) => because },
    ]}
  />
)
