import { useEffect } from 'react'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { type Query, useQuery, withQuery } from '../../api/client.ts'
import type { SetAnswer } from '../../api/types.ts'
import { Card, Empty, ErrorBox, format, Skeleton } from '../../ui/index.ts'
import { Report } from './report.tsx'
import { ofSet } from './shown.ts'

/** A policy on an outcome set: how far measuring it has come, then what was found. */
export function OnSet({ name, policy }: { readonly name: string; readonly policy: string }) {
  const query = useMeasured(withQuery(`/admin/outcome-sets/${encodeURIComponent(name)}/frontier`, { policy }))
  const { data, error, reload } = query
  if (data?.kind === 'measured') {
    const shown = ofSet(data.report)
    if (shown !== null) return <Report shown={shown} onApplied={reload} />
    return (
      <Card>
        <Empty title={`No model has answered a prompt of ${name} well`}>
          <p>
            Every score is 0: there is nothing to choose by. Look whether the file’s scores run from 0 to 1.
          </p>
        </Empty>
      </Card>
    )
  }
  if (error !== undefined) return <ErrorBox error={error} onRetry={reload} />
  if (data === undefined) return <Skeleton lines={12} />
  return <Progress progress={data.progress} name={name} />
}

const askEveryMs = 500

/** Asks again until it is measured. */
function useMeasured(path: string): Query<SetAnswer> {
  const query = useQuery<SetAnswer>(path)
  const { data, error, reload } = query
  useEffect(() => {
    if (data?.kind !== 'measuring' || error !== undefined) return
    const timer = setTimeout(reload, askEveryMs)
    return () => clearTimeout(timer)
  }, [data, error, reload])
  return query
}

type Progressing = Extract<SetAnswer, { readonly kind: 'measuring' }>['progress']

function Progress({ progress, name }: { readonly progress: Progressing; readonly name: string }) {
  const total = 'total' in progress ? progress.total : null
  const done = 'done' in progress ? progress.done : 0
  return (
    <Card title={`Measuring on ${name}`}>
      <p role="status">{stageOf(progress)}</p>
      <div className="row">
        {total === null ? (
          <progress aria-label="Measured so far" />
        ) : (
          <progress value={done} max={total} aria-label="Measured so far" />
        )}
        <span>
          {done > 0 && format.count(done)}
          {total !== null && ` of ${format.count(total)}`}
        </span>
      </div>
      <p className="note">
        The gateway serves meanwhile, and goes on with it when you leave this page. What it finds is kept
        until the file or the configuration changes.
      </p>
    </Card>
  )
}

function stageOf({ stage }: Progressing): string {
  switch (stage) {
    case 'waiting':
      return 'Another measurement has to end first.'
    case 'reading':
      return 'Rows are read.'
    case 'predicting':
      return 'The router predicts what each model makes of each prompt.'
    case 'resampling':
      return 'Intervals are drawn.'
    default:
      return unreachable(stage)
  }
}

/** How to have a set to measure on. */
export const NoSets = () => (
  <Card>
    <Empty title="The configuration names no outcome set">
      <p>
        A set is a file, or a folder of files, with prompts and what several models made of them: score and
        cost, as <code>fairlead eval</code> reads them. Name it in the configuration, by a path from its
        folder:
      </p>
      <pre className="set-example">{'outcomeSets:\n  tickets: data/tickets.jsonl.gz'}</pre>
      <p>
        Of the models that a policy chooses among it must have two or more, by the catalogue’s ids or names.
      </p>
    </Empty>
  </Card>
)
