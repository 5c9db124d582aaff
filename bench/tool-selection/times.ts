import { plainRequest } from '../../src/domain/request.ts'
import type { TextEmbedder } from '../../src/domain/strategy.ts'
import { createToolFilter } from '../../src/tools/filter-tools.ts'
import { createTermReader } from '../../src/tools/terms.ts'
import { createToolIndex } from '../../src/tools/tool-index.ts'
import type { Catalogue } from './described.ts'

/** Each is measured so often and the fastest counts: what else the machine does is not the filter's doing. */
const rounds = 5
const rules = { above: 10, keep: { kind: 'share', share: 0.5 }, always: [] } as const

type Times = { readonly read: number[]; readonly first: number[]; readonly again: number[] }

/** Milliseconds in one process: reading a catalogue, filtering a request that is new, and one that goes on. */
export function timeTable(
  sets: readonly (readonly [string, readonly Catalogue[]])[],
  newEmbedder: () => TextEmbedder,
): string {
  const head = [
    '| catalogue | reading it once | a new request, median | 95 % of them within | the same again, median |',
    '|---|---|---|---|---|',
  ]
  const rows = sets.map(([name, catalogues]) => {
    const { read, first, again } = fastest(
      Array.from({ length: rounds }, () => timesOf(catalogues.slice(0, 5), newEmbedder())),
    )
    const cells = [at(read, 0.5), at(first, 0.5), at(first, 0.95), at(again, 0.5)]
    return `| ${[name, ...cells.map((ms) => `${ms.toFixed(2)} ms`)].join(' | ')} |`
  })
  return [...head, ...rows].join('\n')
}

function timesOf(catalogues: readonly Catalogue[], embedder: TextEmbedder): Times {
  const times: Times = { read: [], first: [], again: [] }
  const filter = createToolFilter(embedder)
  for (const { tools, cases } of catalogues) {
    times.read.push(timed(() => createToolIndex(tools, createTermReader(), embedder)))
    filter({ ...plainRequest('warm up'), tools }, rules)
    for (const { text } of cases) {
      const request = { ...plainRequest(text), tools }
      times.first.push(timed(() => filter(request, rules)))
      times.again.push(timed(() => filter(request, rules)))
    }
  }
  return times
}

function fastest(runs: readonly Times[]): Times {
  const least = (of: (run: Times) => readonly number[]) =>
    of(runs[0]!).map((_, place) => Math.min(...runs.map((run) => of(run)[place]!)))
  return {
    read: least(({ read }) => read),
    first: least(({ first }) => first),
    again: least(({ again }) => again),
  }
}

function timed(work: () => unknown): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

const at = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))]!
