/** Places labels beside their points so that none covers another, a point, or (where it can be helped) a line. */
export type Anchor = { readonly x: number; readonly y: number; readonly text: string }
export type PlacedLabel = {
  readonly text: string
  /** Where the text starts, and its baseline. */
  readonly x: number
  readonly y: number
  /** Far enough from its point that a line should lead to it. */
  readonly lead: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } | null
}
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
type Dot = { readonly x: number; readonly y: number }

const directions: readonly (readonly [number, number])[] = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [0.8, -0.7],
  [-0.8, -0.7],
  [0.8, 0.7],
  [-0.8, 0.7],
]
const distances = [8, 15, 24, 36, 50, 66]

/** `lines` are points sampled along the curves; `bounds` is where labels may stand. */
export function placeLabels(
  anchors: readonly Anchor[],
  lines: readonly Dot[],
  bounds: Box,
  fontSize: number,
): PlacedLabel[] {
  const placed: { readonly box: Box; readonly label: PlacedLabel }[] = []
  // From the left, so that a crowd is worked through in a fixed order.
  for (const anchor of [...anchors].sort((a, b) => a.x - b.x || a.y - b.y)) {
    const taken = placed.map(({ box }) => box)
    let best: { box: Box; distance: number; cost: number } | null = null
    for (const distance of distances) {
      for (const direction of directions) {
        const box = boxAt(anchor, direction, distance, fontSize)
        const cost = distance / 4 + crowding(box, anchor, taken, anchors, lines, bounds)
        if (!best || cost < best.cost) best = { box, distance, cost }
      }
    }
    placed.push({ box: best!.box, label: labelOf(anchor, best!.box, best!.distance, fontSize) })
  }
  return placed.map(({ label }) => label)
}

/** Average width of a character of a sans-serif face, in units of the font size; wide, so that faces may differ. */
const charWidth = 0.6

function boxAt(
  anchor: Anchor,
  [right, down]: readonly [number, number],
  distance: number,
  fontSize: number,
): Box {
  const width = anchor.text.length * fontSize * charWidth
  const height = fontSize * 1.15
  const x = anchor.x + right * distance - (right === 0 ? width / 2 : right < 0 ? width : 0)
  const y = anchor.y + down * distance - (down === 0 ? height / 2 : down < 0 ? height : 0)
  return { x, y, width, height }
}

function crowding(
  box: Box,
  own: Anchor,
  taken: readonly Box[],
  dots: readonly Dot[],
  lines: readonly Dot[],
  bounds: Box,
): number {
  const outside =
    box.x < bounds.x ||
    box.y < bounds.y ||
    box.x + box.width > bounds.x + bounds.width ||
    box.y + box.height > bounds.y + bounds.height
  const labels = taken.filter((other) => overlap(box, other)).length
  const points = dots.filter((dot) => holds(box, dot, 4)).length
  const samples = lines.filter((dot) => holds(box, dot, 1)).length
  // A label nearer to another point than to its own would be read as that one's.
  const far = distanceTo(box, own)
  const nearer = dots.filter((dot) => dot !== own && distanceTo(box, dot) < far + 3).length
  return nearer * 30 + (outside ? 1000 : 0) + labels * 300 + points * 100 + samples * 1.5
}

function distanceTo(box: Box, { x, y }: Dot): number {
  const right = Math.max(box.x - x, 0, x - box.x - box.width)
  const down = Math.max(box.y - y, 0, y - box.y - box.height)
  return Math.hypot(right, down)
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const holds = (box: Box, { x, y }: Dot, margin: number): boolean =>
  x > box.x - margin &&
  x < box.x + box.width + margin &&
  y > box.y - margin &&
  y < box.y + box.height + margin

function labelOf(anchor: Anchor, box: Box, distance: number, fontSize: number): PlacedLabel {
  const nearest = (at: number, from: number, length: number) => Math.min(Math.max(at, from), from + length)
  const lead = {
    x1: anchor.x,
    y1: anchor.y,
    x2: nearest(anchor.x, box.x, box.width),
    y2: nearest(anchor.y, box.y, box.height),
  }
  return { text: anchor.text, x: box.x, y: box.y + fontSize * 0.92, lead: distance > 15 ? lead : null }
}
