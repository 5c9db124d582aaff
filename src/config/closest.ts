/** The names that someone may have meant, nearest first, at most three. */
export function closest(wanted: string, names: Iterable<string>): string[] {
  const found: { name: string; distance: number }[] = []
  const lower = wanted.toLowerCase()
  for (const name of names) {
    const distance = nearness(lower, name.toLowerCase())
    if (distance <= Math.max(2, wanted.length / 3)) found.push({ name, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return found.slice(0, 3).map(({ name }) => name)
}

/** ` Did you mean "a" or "b"?`, or what else there is to say. */
export function didYouMean(wanted: string, names: Iterable<string>, otherwise: string): string {
  const found = closest(wanted, names)
  return found.length > 0 ? `Did you mean ${alternatives(found.map((name) => `"${name}"`))}?` : otherwise
}

/** `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

// A model is often written without its vendor: `gpt-5` is near to `openai/gpt-5`.
function nearness(wanted: string, name: string): number {
  const slash = name.indexOf('/')
  const whole = editDistance(wanted, name)
  return slash === -1 || wanted.includes('/')
    ? whole
    : Math.min(whole, editDistance(wanted, name.slice(slash + 1)))
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : replaced
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, replaced, swapped))
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
