import { InvalidArgumentError } from 'commander'

/** `a, b,c` as a list. */
export const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** A whole number of at least so many. */
export function count(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Write a whole number of ${least} or more.`)
  }
}
