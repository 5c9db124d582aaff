import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import { ownLines } from '../../test/support/own-rows.ts'
import { modelId } from '../domain/model.ts'
import { explain } from '../engine/explain.ts'
import { createRouter } from '../estimate/router.ts'
import { readRouterArtefact } from '../estimate/router-artefact.ts'
import { threshold } from '../strategies/threshold.ts'
import { silent } from './progress.ts'
import { noAids } from '../strategies/strategy.ts'
import { trainArtefact } from './train.ts'

const [strong, weak] = ['openai/gpt-4o', 'openai/gpt-4o-mini']

/** The strong model is preferred on proofs, the weak one on greetings. */
function pairs(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const hard = index % 2 === 0
    const prompt = hard ? `Prove that theorem number ${index} holds` : `Say hello to friend ${index}`
    const winner = index % 10 < 8 === hard ? 'model_a' : 'model_b'
    return `"${prompt}",gpt-4o,gpt-4o-mini,${winner}`
  })
  return ['prompt,model_a,model_b,winner', ...lines].join('\n')
}

test('comparisons among the files are learnt from as such, kept in the artefact, and served to threshold', async () => {
  const folder = aFolder()
  const path = join(folder, 'pairs.csv')
  writeFileSync(path, pairs(240))
  const out = join(folder, 'own.fairlead')
  const flags = { texts: [], split: 'train', simulated: '0', seed: 'test', out }
  const text = await trainArtefact([path], flags, silent)
  expect(text).toContain('240 comparisons (0 ties) of 2 models')
  expect(text).toContain('The strategy threshold goes by')
  expect(text).not.toMatch(/NaN|undefined/)

  const artefact = readRouterArtefact(readFileSync(out), 'own')
  const router = createRouter(artefact)
  const winsAt = (prompt: string) => router.wins!(router.readText(prompt))
  const [hard, easy] = ['Prove that theorem number 7 holds', 'Say hello to friend 8'].map((prompt) =>
    winsAt(prompt)(modelId(strong), modelId(weak)),
  )
  expect(hard!).toBeGreaterThan(easy!)
  expect(winsAt('Why?')(modelId(strong), modelId('acme/unheard-of'))).toBeNull()

  const turn = aTurn({
    candidates: [aCandidate({ id: strong, quality: 0.5 }), aCandidate({ id: weak, quality: 0.5 })],
    wins: winsAt('Prove that theorem number 7 holds'),
  })
  const options = threshold.options.parse({ strong, weak, threshold: 0.5 })
  const { end } = explain((asked) => threshold.choose(asked, options, noAids), turn).trace
  expect(end).toMatchObject({
    kind: 'forward',
    because: expect.stringContaining(`with probability ${hard!.toFixed(3)}`),
  })
}, 60_000)

test('too few comparisons are learnt from as outcomes, and the report says so', async () => {
  const folder = aFolder()
  const [few, rows] = [join(folder, 'pairs.csv'), join(folder, 'rows.jsonl')]
  writeFileSync(few, pairs(8))
  writeFileSync(rows, ownLines(120, { 'gpt-4o-mini': [0.9, 0.3], 'gpt-4o': [0.95, 0.8] }))
  const out = join(folder, 'own.fairlead')
  const flags = { texts: [], split: 'train', simulated: '0', seed: 'test', out }
  expect(await trainArtefact([few, rows], flags, silent)).toContain('as outcomes alone')
  expect(createRouter(readRouterArtefact(readFileSync(out), 'own')).wins).toBeNull()
}, 60_000)
