/** Ends a `switch` over a union: a new kind becomes a compile error at every place that must visit it. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
