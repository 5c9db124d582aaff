/** The page docs/tool-routing.md, whose tables the bench measures. */

const begins = (part: string): string => `<!-- ${part}: begins; npm run bench:tool-selection -->`
const ends = (part: string): string => `<!-- ${part}: ends -->`

/**
 * Puts a part between its marks, and leaves all else as it is.
 *
 * @throws Error where the page lacks the marks
 */
export function withTable(page: string, part: string, table: string): string {
  const [from, to] = [page.indexOf(begins(part)), page.indexOf(ends(part))]
  if (from < 0 || to < from) throw new Error(`the page has no place for ${part}: ${begins(part)}`)
  return `${page.slice(0, from)}${begins(part)}\n\n${table}\n\n${page.slice(to)}`
}
