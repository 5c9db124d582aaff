/**
 * What the response caches find, what they wrongly find, and what looking costs. The pairs are those beside the guard: paraphrases and
 * near misses, of which one half was looked at while the guard was written and the other was not. With a folder, also real texts
 * with labels, as they would come one after another: CLINC150 and BANKING77, whose false hits were looked at while the guard was
 * written, and HWU64, whose were not. An answer to a text of another label counts as false; labels of these sets are often a
 * matter of taste, and what is false within a label can't be seen.
 *
 * `npm run bench:caching -- [FOLDER] [--write]`: `--write` puts the tables into docs/caching.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requestKey } from '../src/caching/request-key.ts'
import { createResponseCache } from '../src/caching/response-cache.ts'
import type { SemanticRules } from '../src/caching/rules.ts'
import { upperBound } from '../src/caching/semantic/false-hits.ts'
import { conflict } from '../src/caching/semantic/guard.ts'
import { promptFacts, type PromptFacts } from '../src/caching/semantic/prompt-facts.ts'
import { createVectorIndex } from '../src/caching/semantic/vector-index.ts'
import { type Column, percent, table } from '../src/cli/table.ts'
import { cacheSchema } from '../src/config/cache-fields.ts'
import type { Answer } from '../src/domain/answer.ts'
import { modelId } from '../src/domain/model.ts'
import { normal, seededDraw, shuffle } from '../src/domain/random.ts'
import { plainRequest } from '../src/domain/request.ts'
import { noRoutingOptions } from '../src/domain/routing-options.ts'
import type { TextEmbedder } from '../src/domain/strategy.ts'
import type { Clock } from '../src/domain/transport.ts'
import { nobody } from '../src/domain/virtual-key.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import { readLabelledTexts } from '../src/learning/training/labelled-texts.ts'
import { textEmbedder } from '../src/signals/text-embedder.ts'
import { openMemoryState } from '../src/storage/state/memory-state.ts'
import { median } from './gateway/figures.ts'

type Guard = SemanticRules['guard'] | 'none'
type Pair = {
  readonly kind: string
  readonly half: 'dev' | 'held'
  readonly first: string
  readonly second: string
}

const folderOf = join(import.meta.dirname, '..', 'src', 'caching', 'semantic', '__fixtures__')
const page = join(import.meta.dirname, '..', 'docs', 'caching.md')
const guards: readonly Guard[] = ['none', 'facts', 'words']

const dot = (one: Float32Array, other: Float32Array): number => {
  let sum = 0
  for (let index = 0; index < one.length; index++) sum += one[index]! * other[index]!
  return sum
}

const refused = (one: PromptFacts, other: PromptFacts, guard: Guard): boolean =>
  guard !== 'none' && conflict(one, other, guard) !== null

const right = (title: string): Column => ({ title, align: 'right' })
const sharesOf = (count: number, n: number): string => `${count} of ${n} (${percent(count / n, 0)})`

function pairsTable(embedder: TextEmbedder): string {
  const pairs: readonly Pair[] = JSON.parse(readFileSync(join(folderOf, 'near-duplicates.json'), 'utf8'))
  const read = pairs.map((pair) => ({
    ...pair,
    facts: [promptFacts(pair.first), promptFacts(pair.second)] as const,
    similarity: dot(embedder.vectorOf(pair.first)!, embedder.vectorOf(pair.second)!),
  }))
  const rows = guards.flatMap((guard) =>
    [0.75, 0.85, 0.95].map((threshold) => {
      const found = (same: boolean, half: Pair['half']) => {
        const asked = read.filter((pair) => (pair.kind === 'same') === same && pair.half === half)
        const hits = asked.filter(
          ({ facts: [one, other], similarity }) => similarity >= threshold && !refused(one, other, guard),
        )
        return { hits: hits.length, asked: asked.length }
      }
      const [hits, misses, otherHits, otherMisses] = [
        found(true, 'held'),
        found(false, 'held'),
        found(true, 'dev'),
        found(false, 'dev'),
      ]
      return [
        guard,
        threshold.toFixed(2),
        sharesOf(hits.hits, hits.asked),
        sharesOf(misses.hits, misses.asked),
        percent(upperBound(misses.hits, misses.asked)),
        sharesOf(otherHits.hits, otherHits.asked),
        sharesOf(otherMisses.hits, otherMisses.asked),
      ]
    }),
  )
  return table(
    [
      { title: 'guard' },
      right('similarity'),
      right('paraphrases hit'),
      right('near misses hit'),
      right('at most (95 %)'),
      right('paraphrases, half looked at'),
      right('near misses, half looked at'),
    ],
    rows,
  )
}

/** Texts one after another, each put to a cache of those before it. */
async function realTexts(embedder: TextEmbedder, path: string, guard: Guard, similarity: number) {
  const texts = shuffle(seededDraw('stream'), await readLabelledTexts(path))
  const dims = embedder.vectorOf('a text')!.length
  type Item = { readonly label: string; readonly facts: PromptFacts; readonly text: string }
  const index = createVectorIndex<Item>(dims, texts.length, () => 0)
  const counts = { asked: texts.length, hits: 0, falseHits: 0, verbatim: 0 }
  for (const { text, label } of texts) {
    const vector = embedder.vectorOf(text)!
    const facts = promptFacts(text)
    const found = index.nearest(vector, similarity, 8).find(({ item }) => !refused(item.facts, facts, guard))
    if (found === undefined) {
      index.add(vector, { label, facts, text })
      continue
    }
    counts.hits++
    if (found.item.label !== label) counts.falseHits++
    if (found.item.text.trim().toLowerCase() === text.trim().toLowerCase()) counts.verbatim++
  }
  return counts
}

async function realTable(embedder: TextEmbedder, folder: string): Promise<string> {
  const rows: string[][] = []
  for (const set of ['clinc150', 'banking77', 'hwu64_kfold1']) {
    const path = join(folder, set, 'train.jsonl.gz')
    if (!existsSync(path)) continue
    for (const guard of guards) {
      const { asked, hits, falseHits, verbatim } = await realTexts(
        embedder,
        path,
        guard,
        defaultSemantic.similarity,
      )
      rows.push([
        set,
        guard,
        String(asked),
        `${hits} (${percent(hits / asked, 1)})`,
        String(verbatim),
        hits === 0 ? '-' : `${falseHits} (${percent(falseHits / hits, 1)})`,
        hits === 0 ? '-' : percent(upperBound(falseHits, hits)),
      ])
    }
  }
  return table(
    [
      { title: 'texts' },
      { title: 'guard' },
      right('asked'),
      right('hits'),
      right('of them the same text'),
      right('of another label'),
      right('at most (95 %)'),
    ],
    rows,
  )
}

const defaultSemantic = cacheSchema.parse({ semantic: { seconds: 3600 } }).semantic!
const defaultExact = cacheSchema.parse({ exact: { seconds: 3600 } }).exact!
const clock: Clock = { now: () => performance.now(), wall: () => new Date() }

const questionOf = (prompt: string, vector: Float32Array, semantic: boolean) => ({
  rules: { exact: defaultExact, semantic: semantic ? { ...defaultSemantic, verify: 0 } : null },
  policy: { name: 'auto', version: 'v1' },
  askedModel: 'auto',
  format: 'openai-chat',
  request: plainRequest(prompt),
  options: noRoutingOptions,
  body: { model: 'auto', messages: [{ role: 'user', content: prompt }] },
  caller: nobody,
  models: [],
  vector,
  encoder: 'built-in',
  language: 'en',
  waitAtMostMs: 1_000,
  mayServe: () => true,
  draw: () => 0.5,
})

const anAnswer: Answer = {
  model: 'small',
  parts: [{ kind: 'text', text: 'An answer of some length. '.repeat(40) }],
  finish: { kind: 'stop', raw: 'stop' },
  usage: {
    inputTokens: 500,
    cachedReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 250,
    reasoningTokens: 0,
    source: 'reported',
  },
  logprobs: [],
}

/** The median and the quickest of the rounds: other work on the machine makes the two differ. */
async function micros(rounds: number, each: number, work: () => unknown): Promise<readonly string[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const from = performance.now()
    for (let time = 0; time < each; time++) await work()
    times.push((1000 * (performance.now() - from)) / each)
  }
  return [median(times), Math.min(...times)].map((time) => `${time.toFixed(1)} µs`)
}

async function timesTable(embedder: TextEmbedder): Promise<string> {
  const draw = seededDraw('vectors')
  const dims = embedder.vectorOf('a text')!.length
  const unit = () => {
    const raw = Float32Array.from({ length: dims }, () => normal(draw))
    const length = Math.hypot(...raw)
    return raw.map((value) => value / length)
  }
  const state = openMemoryState({ clock, report: () => {} })
  const cache = createResponseCache({
    state,
    wall: () => Date.now(),
    now: clock.now,
    report: () => {},
  })
  const client = new AbortController().signal
  const prompt = 'How do the crates of last March get to the warehouse in the north? '
    .repeat(28)
    .slice(0, 1_900)
  for (let entry = 0; entry < defaultSemantic.maxEntries; entry++) {
    const found = await cache.lookup(questionOf(`Question ${entry} of many`, unit(), true), client)
    if (found?.kind === 'miss') found.handle.store(anAnswer, modelId('acme/small'), 0.01)
  }
  const vector = embedder.vectorOf(prompt)!.slice()
  const kept = await cache.lookup(questionOf(prompt, vector, true), client)
  if (kept?.kind === 'miss') kept.handle.store(anAnswer, modelId('acme/small'), 0.01)
  const again = questionOf(prompt, vector, true)
  const meant = questionOf(`Please: ${prompt}`, vector, true)
  const index = createVectorIndex<number>(dims, 2_000, () => 0)
  for (let entry = 0; entry < 2_000; entry++) index.add(unit(), entry)
  const long = questionOf('word '.repeat(20_000), vector, false)
  let miss = 0
  const missed = async () => {
    const found = await cache.lookup(questionOf(`Other question ${miss++}`, unit(), false), client)
    if (found?.kind === 'miss') found.handle.abandon()
  }
  return table(
    [{ title: 'step' }, right('median'), right('quickest')],
    [
      ['the key of a 2 KB request', ...(await micros(30, 200, () => requestKey(again, 'key')))],
      ['the key of a 100 KB request', ...(await micros(30, 20, () => requestKey(long, 'key')))],
      ['an exact hit, 2 KB', ...(await micros(30, 200, () => cache.lookup(again, client)))],
      ['an exact miss', ...(await micros(30, 200, missed))],
      [`2,000 vectors of ${dims} numbers`, ...(await micros(30, 50, () => index.nearest(vector, 0.75, 8)))],
      ['the facts of a 2 KB prompt', ...(await micros(30, 50, () => promptFacts(prompt)))],
      ['a semantic hit among 2,000, 2 KB', ...(await micros(30, 50, () => cache.lookup(meant, client)))],
    ],
  )
}

function writePage(text: string): void {
  const [begin, end] = [
    '<!-- figures: npm run bench:caching -- FOLDER --write -->',
    '<!-- end of figures -->',
  ]
  const written = readFileSync(page, 'utf8')
  const [from, to] = [written.indexOf(begin), written.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`${page} has no place for figures: ${begin} … ${end}`)
  writeFileSync(page, `${written.slice(0, from + begin.length)}\n${text}\n${written.slice(to)}`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const router = await loadRouter(null)
  const embedder = textEmbedder(router.signals, 'built-in')
  const [folder] = positionals
  const fenced = (title: string, text: string) => `\n${title}\n\n\`\`\`\n${text}\n\`\`\`\n`
  const parts = [
    fenced(
      'Written pairs, of the half that was not looked at, and of the one that was:',
      pairsTable(embedder),
    ),
    folder === undefined
      ? ''
      : fenced(
          `Real texts with labels, one after another, at a similarity of ${defaultSemantic.similarity}:`,
          await realTable(embedder, folder),
        ),
    fenced('What looking costs:', await timesTable(embedder)),
  ]
  const text = parts.join('')
  console.log(text)
  if (values.write) writePage(text)
}

await main()
