/** Numbers of decisions, from 1 to `count`, at which a curve is drawn: at most `most`, evenly, the first and the last among them. */
export function checkpoints(count: number, most: number): ReadonlySet<number> {
  if (count <= most) return new Set(Array.from({ length: count }, (_, place) => place + 1))
  return new Set(Array.from({ length: most }, (_, step) => 1 + Math.round((step / (most - 1)) * (count - 1))))
}
