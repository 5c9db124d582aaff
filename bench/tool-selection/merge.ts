import type { Tool } from '../../src/domain/request.ts'
import { type Draw, shuffle } from '../../src/domain/random.ts'
import type { OfferedCase } from './bfcl-cases.ts'
import type { Catalogue, ToolCase } from './described.ts'

/**
 * Cases gathered into catalogues of just so many tools: a catalogue takes cases until it is full, and each of them is then
 * asked with all of its tools on offer. Of two definitions with one name the catalogue has the first, and the case of the
 * other waits for the next. What is left over does not fill one.
 */
export function mergedCatalogues(
  cases: readonly OfferedCase[],
  size: number,
  draw: Draw,
): readonly Catalogue[] {
  const catalogues: Catalogue[] = []
  let waiting = shuffle(draw, cases)
  for (;;) {
    const { catalogue, left } = fill(waiting, size)
    if (catalogue.tools.length < size) return catalogues
    catalogues.push({ ...catalogue, tools: shuffle(draw, catalogue.tools) })
    waiting = left
  }
}

function fill(cases: readonly OfferedCase[], size: number): { catalogue: Catalogue; left: OfferedCase[] } {
  const tools = new Map<string, Tool>()
  const asked: ToolCase[] = []
  const left: OfferedCase[] = []
  for (const one of cases) {
    const added = one.tools.filter(({ name }) => !tools.has(name))
    const clashes = one.tools.some((tool) => {
      const known = tools.get(tool.name)
      return known !== undefined && JSON.stringify(known) !== JSON.stringify(tool)
    })
    if (clashes || tools.size + added.length > size) {
      left.push(one)
      continue
    }
    for (const tool of added) tools.set(tool.name, tool)
    asked.push(one)
  }
  return { catalogue: { tools: [...tools.values()], cases: asked }, left }
}

/** A catalogue among tools that have nothing to do with its requests, or look as if they had. */
export function among(
  { tools, cases }: Catalogue,
  others: readonly Tool[],
  size: number,
  draw: Draw,
): Catalogue {
  const all = new Map(tools.map((tool) => [tool.name, tool]))
  for (const tool of shuffle(draw, others)) {
    if (all.size >= size) break
    if (!all.has(tool.name)) all.set(tool.name, tool)
  }
  return { tools: shuffle(draw, [...all.values()]), cases }
}
