/** Of several with one key only the last, in the order of the last ones: one statement may write a row only once. */
export function lastOfEach<T>(list: readonly T[], keyOf: (member: T) => string): T[] {
  const last = new Map<string, T>()
  for (const member of list) {
    const key = keyOf(member)
    last.delete(key)
    last.set(key, member)
  }
  return [...last.values()]
}
