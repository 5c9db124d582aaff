import { seededDraw, shuffle } from '../../src/domain/random.ts'
import { type Message, plainRequest } from '../../src/domain/request.ts'
import type { TextEmbedder } from '../../src/domain/strategy.ts'
import { percent } from '../../src/cli/table.ts'
import type { ToolFilterRules } from '../../src/domain/tool-filter.ts'
import { createToolFilter } from '../../src/tools/filter-tools.ts'
import type { Catalogue } from './described.ts'

const turns = 5
const keeps = [0.5, 0.25] as const

type Tally = { needed: number; found: number; offered: number; changes: number; requests: number }

/**
 * Conversations of unlike requests over one catalogue, which is the hardest they can be: every turn wants another tool. The
 * filter as it is served, margin and memory of the conversation included.
 */
export function conversationTable(
  sets: readonly (readonly [string, readonly Catalogue[]])[],
  embedder: TextEmbedder,
): string {
  const head = [
    `| catalogue | keep | ${Array.from({ length: turns }, (_, turn) => `recall, offered at turn ${turn + 1}`).join(' | ')} | turns that lose a vendor's cache |`,
    `|---|---|${'---|'.repeat(turns + 1)}`,
  ]
  const rows = sets.flatMap(([name, catalogues]) =>
    keeps.map((share) => {
      const tallies = talliesOf(catalogues, share, embedder)
      const cells = tallies.map(
        ({ needed, found, offered, requests }) =>
          `${percent(found / needed)}, ${percent(offered / requests, 0)}`,
      )
      const later = tallies.slice(1)
      const changes = later.reduce((sum, tally) => sum + tally.changes, 0)
      const requests = later.reduce((sum, tally) => sum + tally.requests, 0)
      return `| ${[name, share, ...cells, percent(changes / requests, 0)].join(' | ')} |`
    }),
  )
  return [...head, ...rows].join('\n')
}

function talliesOf(
  catalogues: readonly Catalogue[],
  share: number,
  embedder: TextEmbedder,
): readonly Tally[] {
  const filter = createToolFilter(embedder)
  const rules: ToolFilterRules = { above: 10, keep: { kind: 'share', share }, always: [] }
  const tallies = Array.from(
    { length: turns },
    (): Tally => ({ needed: 0, found: 0, offered: 0, changes: 0, requests: 0 }),
  )
  const draw = seededDraw('conversations')
  for (const { tools, cases } of catalogues) {
    const order = shuffle(draw, cases)
    for (let from = 0; from + turns <= order.length; from += turns) {
      let messages: readonly Message[] = []
      let before = -1
      for (const [turn, { text, needs }] of order.slice(from, from + turns).entries()) {
        messages = [...messages, { role: 'user', content: [{ kind: 'text', text }], name: null }]
        const { kept } = filter({ ...plainRequest(''), messages, tools }, rules)
        const names = new Set(kept.map(({ name }) => name))
        const tally = tallies[turn]!
        tally.needed += needs.length
        tally.found += needs.filter((name) => names.has(name)).length
        tally.offered += kept.length / tools.length
        tally.changes += before >= 0 && kept.length !== before ? 1 : 0
        tally.requests++
        before = kept.length
        messages = [
          ...messages,
          { role: 'assistant', content: [{ kind: 'text', text: 'Done.' }], name: null },
        ]
      }
    }
  }
  return tallies
}
