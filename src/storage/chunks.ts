// One statement may have 32,766 parameters in SQLite and 65,535 in PostgreSQL.
const longestChunk = 500

/** Parts of a list that are short enough for one statement each. */
export function chunks<T>(list: readonly T[], length = longestChunk): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < list.length; start += length) parts.push(list.slice(start, start + length))
  return parts
}
