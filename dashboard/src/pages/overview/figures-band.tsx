import type { Overview, Saving } from '../../api/types.ts'
import { count, decimal, interval, money, ms, percent } from '../../ui/format.ts'
import { Stat, Stats } from '../../ui/layout.tsx'
import { perMinute, savingWords, shareOf, usdOf } from './figures.ts'

/** The figures of a wall screen: each with its unit, its interval, and what it is of. */
export function Figures({
  overview,
  saving,
  savingKnown,
}: {
  readonly overview: Overview | undefined
  readonly saving: Saving | null | undefined
  readonly savingKnown: boolean
}) {
  const saved = savingWords(saving)
  return (
    <Stats four>
      <Stat
        label="Spend"
        value={overview && money(usdOf(overview.totals))}
        detail={overview && spendDetail(overview)}
      />
      <Stat
        label="Saved"
        value={savingKnown ? saved.value : undefined}
        range={saved.range}
        detail={savingKnown && saved.detail}
        tone={saving == null ? 'plain' : saving.share.mean < 0 ? 'bad' : 'good'}
      />
      <Stat
        label="Quality"
        value={overview && (overview.quality === null ? '–' : percent(overview.quality.mean))}
        range={interval(overview?.quality, (one) => percent(one))}
        detail={overview && qualityDetail(overview)}
      />
      <Stat
        label="Requests"
        value={overview && count(overview.totals.decisions)}
        detail={
          overview &&
          `${decimal(perMinute(overview))} a minute, ${count(overview.totals.cached)} from a cache`
        }
      />
      <ShareStat label="Errors" overview={overview} of="failed" />
      <ShareStat label="Fallbacks" overview={overview} of="fallbacks" />
      <TimeStat label="Latency" overview={overview} of="latencyMs" />
      <TimeStat label="Added by Fairlead" overview={overview} of="addedMs" />
    </Stats>
  )
}

function spendDetail({ totals }: Overview): string {
  const each = totals.decisions === 0 ? null : usdOf(totals) / totals.decisions
  const unpriced = totals.unpriced > 0 ? `, ${count(totals.unpriced)} of unknown price` : ''
  return `${money(each)} a request${unpriced}`
}

const qualityDetail = ({ quality }: Overview): string =>
  quality === null ? 'no feedback yet' : `${count(quality.ratings)} ratings`

function ShareStat({
  label,
  overview,
  of,
}: {
  readonly label: string
  readonly overview: Overview | undefined
  readonly of: 'failed' | 'fallbacks'
}) {
  const share = overview ? shareOf(overview.totals[of], overview.totals.decisions) : null
  return (
    <Stat
      label={label}
      value={overview && percent(share?.mean)}
      range={interval(share, (one) => percent(one))}
      detail={overview && `${count(overview.totals[of])} of ${count(overview.totals.decisions)}`}
    />
  )
}

function TimeStat({
  label,
  overview,
  of,
}: {
  readonly label: string
  readonly overview: Overview | undefined
  readonly of: 'latencyMs' | 'addedMs'
}) {
  const found = overview?.timing[of]
  return (
    <Stat
      label={`${label}, median`}
      value={overview && ms(found?.p50)}
      detail={
        overview &&
        (found ? `95th percentile ${ms(found.p95)}, of ${count(found.of)}` : 'nothing answered yet')
      }
    />
  )
}
