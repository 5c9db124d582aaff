import { type Draw, integerBetween, pick } from '../../../domain/random.ts'

/** Slips that people and models make. Each result differs from what it was given. */

/** Off by one, by ten, a digit changed, two digits swapped. */
export function nearNumber(draw: Draw, value: number): number {
  const sign = draw() < 0.5 ? -1 : 1
  const size = Math.abs(value)
  const slips = [value + sign, value + sign * 2]
  if (size >= 20) slips.push(value + sign * 10)
  if (size >= 200) slips.push(value + sign * 100, value + sign * integerBetween(draw, 3, 60))
  const swapped = Number(swapNeighbours(draw, String(Math.trunc(size)))) * Math.sign(value || 1)
  if (Number.isInteger(value) && size >= 10 && swapped !== value) slips.push(swapped)
  const slip = pick(draw, slips)
  return Number(slip.toFixed(6))
}

/** For a number of things, which is not negative. */
export function nearCount(draw: Draw, count: number): number {
  const slip = nearNumber(draw, count)
  return slip < 0 ? count + 1 : slip
}

/** Two neighbouring characters that differ, swapped; the text itself where all are alike. */
export function swapNeighbours(draw: Draw, text: string): string {
  const places: number[] = []
  for (let index = 0; index + 1 < text.length; index++)
    if (text[index] !== text[index + 1]) places.push(index)
  if (places.length === 0) return text
  const at = pick(draw, places)
  return text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2)
}

/** A text with two letters swapped, one lost, or one doubled. */
export function nearText(draw: Draw, text: string): string {
  if (text === '') return 'a'
  const at = integerBetween(draw, 0, text.length - 1)
  const slips = [text.slice(0, at) + text[at] + text.slice(at), swapNeighbours(draw, text)]
  if (text.length > 2) slips.push(text.slice(0, at) + text.slice(at + 1))
  return pick(
    draw,
    slips.filter((slip) => slip.trim() !== text.trim() && slip.trim() !== ''),
  )
}

/** Two different items changed places; where there are none, the last is lost. */
export function nearList(draw: Draw, items: readonly string[]): string[] {
  const slipped = [...items]
  const places: number[] = []
  for (let index = 0; index + 1 < items.length; index++)
    if (items[index] !== items[index + 1]) places.push(index)
  if (places.length === 0) return slipped.slice(0, -1)
  const at = pick(draw, places)
  ;[slipped[at], slipped[at + 1]] = [slipped[at + 1]!, slipped[at]!]
  return slipped
}

export const anotherOf = <T>(draw: Draw, options: readonly T[], right: T): T =>
  pick(
    draw,
    options.filter((option) => option !== right),
  )
