/**
 * Somebody may stand under several limits of one thing, such as a key's own and one of the configuration: the narrowest holds, and
 * what comes is counted once. `nameOf`: what the limit is of.
 */
export function narrowest<Limit extends { readonly limit: number }>(
  limits: readonly Limit[],
  nameOf: (limit: Limit) => string,
): readonly Limit[] {
  const byName = new Map<string, Limit>()
  for (const one of limits) {
    const name = nameOf(one)
    const found = byName.get(name)
    if (found === undefined || one.limit < found.limit) byName.set(name, one)
  }
  return [...byName.values()]
}
