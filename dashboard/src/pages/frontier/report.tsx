import { useState } from 'react'
import { Badge, Card, format, Grid } from '../../ui/index.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { DialCard } from './dial-card.tsx'
import { type DialKind, dialOf, pointAt, positionOfLambda, positionOfQuality, willingnessOf } from './dial.ts'
import { Plane } from './plane.tsx'
import { SetFacts } from './set-facts.tsx'
import { Shares } from './shares.tsx'
import type { Shown } from './shown.ts'

/** Where the dial stands at first: at what the policy goes by now. */
function startOf({ objective, frontier, bestSingle }: Shown): number {
  const { configured, set } = objective
  const now = set ?? configured
  switch (now.kind) {
    case 'quality':
      return positionOfQuality(frontier, bestSingle, now.share)
    case 'max-quality-loss':
      return positionOfQuality(frontier, bestSingle, 1 - now.share)
    case 'willingness-to-pay':
      return positionOfLambda(frontier, 0.1 / now.usdPerTenPoints)
    case 'lambda':
      return positionOfLambda(frontier, now.lambda)
    default:
      return 0
  }
}

/** The plane, the dial, and who would have answered. */
export function Report({ shown, onApplied }: { readonly shown: Shown; readonly onApplied: () => void }) {
  const { frontier, bestSingle, basis } = shown
  const [kind, setKind] = useState<DialKind>('quality')
  const [position, setPosition] = useState(() => startOf(shown))
  const here = pointAt(frontier, position)
  return (
    <Grid>
      <Card title="The plane" span={8} note={planeNote(shown)}>
        <Plane shown={shown} here={here} />
      </Card>
      <DialCard
        shown={shown}
        dial={dialOf(kind, frontier, bestSingle)}
        kind={kind}
        onKind={setKind}
        position={position}
        onPosition={setPosition}
        here={here}
        keeps={here.quality.mean / bestSingle}
        willingness={willingnessOf(here.lambda)}
        onApplied={onApplied}
      />
      <Card
        title="Who would have answered"
        note={
          basis.kind === 'set'
            ? 'At the dial’s place, by the predictions of each prompt; beside it, what each model by itself has come to.'
            : 'At the dial’s place, by the predictions of each request; beside it, what each model is predicted to be by itself.'
        }
      >
        <Shares shown={shown} here={here} />
      </Card>
      {basis.kind === 'set' && <SetFacts report={basis.report} policy={shown.policy} />}
    </Grid>
  )
}

function planeNote({ basis, policy }: Shown) {
  switch (basis.kind) {
    case 'decisions':
      return (
        <>
          {format.count(basis.decisions)} decisions of {policy} from {format.time(basis.since)} to{' '}
          {format.time(basis.until)} ({format.zone()}). Thin lines are 95 % intervals of means. Other policies
          stand where requests of their own have put them.
        </>
      )
    case 'set':
      return (
        <>
          True outcomes of {format.count(basis.report.rows.used)} prompts of {basis.report.name}: what{' '}
          {policy} chooses goes by its predictions, what it comes to is on record. Thin lines are 95 %
          intervals, by a bootstrap over prompts.
          {basis.report.seen.rows > 0 && (
            <>
              {' '}
              <Badge tone="warn">Flattering</Badge> The router may have been trained on{' '}
              {format.percent(basis.report.seen.rows / basis.report.rows.used, 0)} of them.
            </>
          )}
        </>
      )
    default:
      return unreachable(basis)
  }
}
