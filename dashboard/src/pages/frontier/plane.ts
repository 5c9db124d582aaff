/** What stands on the plane, and which of it has room for its name. Pure. */

import type { Mean, PlanePoint } from '../../../../src/domain/plane.ts'

import type { Shown } from './shown.ts'

export type Kind = 'policy' | 'oracle' | 'model' | 'control'

/** `observed`: what feedback says; `null`: it says nothing of it. */
export type PlaneRow = PlanePoint & { readonly kind: Kind; readonly observed: Mean | null }

type Points = Pick<Shown, 'models' | 'policies' | 'controls' | 'oracle'>

/** In the order in which names are given room. */
export const planeRows = ({ models, policies, controls, oracle }: Points): readonly PlaneRow[] => [
  ...policies.map((point) => row('policy', point, point.observedQuality)),
  ...models.map((point) => row('model', point)),
  ...(oracle === null ? [] : [row('oracle', oracle)]),
  ...controls.map((point) => row('control', point)),
]

const row = (kind: Kind, { name, quality, usd }: PlanePoint, observed: Mean | null = null): PlaneRow => ({
  kind,
  name,
  quality,
  usd,
  observed,
})

export type Room = { readonly width: number; readonly height: number; readonly logarithmic: boolean }

/** What a line of text takes, in pixels. */
const lineHeight = 15
const letterWidth = 6.5

/** A row whose name can be read, and the side of its sign that it stands on. */
export type NamedRow = PlaneRow & { readonly side: 'left' | 'right' }

/** From this share of the width on a name has more room to the left. */
const turnsAt = 0.7

/** Of two names that would overlap the first one is written. Controls have none but where one points at them. */
export function spaced(rows: readonly PlaneRow[], { width, height, logarithmic }: Room): readonly NamedRow[] {
  const scaleOf = (values: readonly number[], room: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    return (value: number): number => (high > low ? ((value - low) / (high - low)) * room : 0)
  }
  const costOf = ({ usd }: PlaneRow): number => (logarithmic ? Math.log(usd.mean) : usd.mean)
  const across = scaleOf(rows.map(costOf), width)
  const up = scaleOf(
    rows.map(({ quality }) => quality.mean),
    height,
  )
  const taken: { readonly from: number; readonly to: number; readonly y: number }[] = []
  return rows.flatMap((one): readonly NamedRow[] => {
    if (one.kind === 'control') return []
    const [x, y] = [across(costOf(one)), up(one.quality.mean)]
    const wide = shortName(one.name).length * letterWidth + 12
    const side = x > turnsAt * width ? 'left' : 'right'
    const box = side === 'left' ? { from: x - wide, to: x, y } : { from: x, to: x + wide, y }
    const free = taken.every(
      (other) => Math.abs(other.y - box.y) >= lineHeight || box.to < other.from || other.to < box.from,
    )
    if (!free) return []
    taken.push(box)
    return [{ ...one, side }]
  })
}

/** A model without its vendor: the plane has little room. */
export const shortName = (name: string): string => name.slice(name.indexOf('/') + 1)
