import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { writeOutcomeSet } from '../../../test/support/an-outcome-set.ts'
import { builtInModels } from '../../catalog/models/index.ts'
import type { MeasureProgress, MeasureRequest } from '../../domain/measured-frontier.ts'
import { shippedArtefact } from '../load-routers.ts'
import { measureOnThread } from './measuring-thread.ts'

const simulated = builtInModels.map(({ model }) => model).filter(({ simulated: is }) => is)

async function aRequest(): Promise<MeasureRequest> {
  const path = join(aFolder(), 'set.jsonl')
  writeOutcomeSet(path, { tasks: 80 })
  return {
    path,
    artefact: await shippedArtefact(),
    pool: simulated,
    known: new Map(simulated.map((model) => [model.id, model])),
    mostRows: 50,
    resamples: 100,
    seed: 'tests',
  }
}

test('a thread measures and tells how far it has come, the same each time', async () => {
  const request = await aRequest()
  const told: MeasureProgress[] = []
  const first = await measureOnThread(request, (progress) => told.push(progress))
  expect(first).toMatchObject({
    kind: 'measured',
    frontier: { rows: { inFile: 80, drawn: 50, used: 50 }, poolSize: simulated.length },
  })
  expect(told).toEqual([
    { stage: 'predicting', done: 50, total: 50 },
    { stage: 'resampling', done: 50, total: 100 },
    { stage: 'resampling', done: 100, total: 100 },
  ])
  expect(await measureOnThread(request, () => {})).toEqual(first)
})

test('what fails inside the thread is told, and the process goes on', async () => {
  const broken = { ...(await aRequest()), pool: null as unknown as MeasureRequest['pool'] }
  expect(await measureOnThread(broken, () => {})).toMatchObject({
    kind: 'impossible',
    problem: expect.stringContaining('failed inside Fairlead'),
    remedy: expect.stringContaining('fairlead eval'),
  })
})
