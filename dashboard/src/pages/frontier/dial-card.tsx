import type { FrontierPoint, Mean } from '../../../../src/domain/plane.ts'
import { useId, useState } from 'react'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { useMayChange } from '../../api/client.ts'
import { Button, Card, format } from '../../ui/index.ts'
import { ApplyDialog, LiftButton } from './apply.tsx'
import { type Dial, type DialKind, sayObjective, targetOf } from './dial.ts'
import { type Shown, wordsOf } from './shown.ts'

type DialCardProps = {
  readonly shown: Shown
  readonly dial: Dial
  readonly kind: DialKind
  readonly onKind: (kind: DialKind) => void
  readonly position: number
  readonly onPosition: (position: number) => void
  readonly here: FrontierPoint
  /** Share of the best single model's quality. */
  readonly keeps: number
  /** Dollars a request for ten points of quality. */
  readonly willingness: number
  readonly onApplied: () => void
}

const thousand = 1_000

export function DialCard(props: DialCardProps) {
  const { shown, dial, kind, position, here, keeps, willingness, onApplied } = props
  const [applying, setApplying] = useState(false)
  const mayChange = useMayChange()
  const { policy, basis } = shown
  const { set, configured } = shown.objective
  const words = wordsOf(basis)
  const target = targetOf(kind, dial, position)
  return (
    <Card title="The dial" span={4}>
      <Slider {...props} />
      <dl className="dial-facts" aria-live="polite">
        <Fact
          label={`Quality, ${words.how}`}
          value={format.percent(here.quality.mean)}
          range={rangeOf(here.quality, format.percent)}
        />
        <Fact
          label="Cost per 1,000 requests"
          value={format.money(here.usd.mean * thousand)}
          range={rangeOf(here.usd, (usd) => format.money(usd * thousand))}
        />
        <Fact
          label={words.against}
          value={`${signed(here.versus.quality.mean * 100, (points) => `${format.decimal(points, 1)} points`)}, ${signed(here.versus.usd.mean * thousand, format.money)}`}
          range={`quality ${rangeOf(here.versus.quality, (share) => signed(share * 100, (points) => format.decimal(points, 1)))}; cost per 1,000 ${rangeOf(here.versus.usd, (usd) => signed(usd * thousand, format.money))}`}
        />
        <Fact label={words.elsewhere} value={format.percent(here.changed)} />
        <Fact
          label={basis.kind === 'set' ? 'That is, measured' : 'That is'}
          value={`${format.percent(keeps)} of the best model’s quality`}
          range={`or ${format.money(willingness)} a request for ten points`}
        />
      </dl>
      <p className="note">
        {policy} goes by: {sayObjective(set ?? configured)}
        {set === null ? '.' : `. Set here, in place of the configuration’s: ${sayObjective(configured)}.`}
      </p>
      {mayChange && (
        <div className="row">
          <Button kind="main" onClick={() => setApplying(true)}>
            Apply to {policy}…
          </Button>
          {set !== null && <LiftButton policy={policy} onDone={onApplied} />}
        </div>
      )}
      {applying && (
        <ApplyDialog
          shown={shown}
          here={here}
          kind={kind}
          target={target}
          onClose={() => setApplying(false)}
          onApplied={onApplied}
        />
      )}
    </Card>
  )
}

const steps = 400

function Slider({ shown, dial, kind, onKind, position, onPosition }: DialCardProps) {
  const id = useId()
  const last = shown.frontier.length - 1
  const said = sayValue(kind, dial.valueAt(position))
  // To the right it gets better and dearer, as on the plane.
  const place = last === 0 ? steps : Math.round((1 - position / last) * steps)
  return (
    <div className="dial">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend of its own beside the label */}
      <div className="row" role="group" aria-label="What the dial says">
        <Button pressed={kind === 'quality'} onClick={() => onKind('quality')}>
          Quality to keep
        </Button>
        <Button pressed={kind === 'willingness-to-pay'} onClick={() => onKind('willingness-to-pay')}>
          Willingness to pay
        </Button>
      </div>
      <label htmlFor={id} className="dial-label">
        <span>
          {kind === 'quality' ? 'Keep of the best model’s quality' : 'Ten points of quality are worth'}
        </span>
        <output htmlFor={id} className="dial-value">
          {said}
        </output>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={steps}
        value={place}
        aria-valuetext={said}
        onChange={({ target }) => onPosition((1 - Number(target.value) / steps) * last)}
      />
      <div className="dial-ends" aria-hidden="true">
        <span>{sayValue(kind, dial.low)}, cheapest</span>
        <span>{sayValue(kind, dial.high)}, best</span>
      </div>
    </div>
  )
}

function sayValue(kind: DialKind, value: number): string {
  switch (kind) {
    case 'quality':
      return format.percent(value)
    case 'willingness-to-pay':
      return format.money(value)
    default:
      return unreachable(kind)
  }
}

function Fact({
  label,
  value,
  range,
}: {
  readonly label: string
  readonly value: string
  readonly range?: string
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="dial-fact">{value}</dd>
      {range !== undefined && range !== '' && <dd className="note">{range}</dd>}
    </div>
  )
}

const rangeOf = ({ low, high }: Mean, say: (value: number) => string): string =>
  low === null || high === null ? '' : `${say(low)} – ${say(high)}`

const signed = (value: number, say: (value: number) => string): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : '±'}${say(Math.abs(value))}`
