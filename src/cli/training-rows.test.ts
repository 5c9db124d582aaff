import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aDecision, anOutcome } from '../../test/support/a-decision.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { UserError } from './command.ts'
import { silent } from './progress.ts'
import { readTrainingRows } from './training-rows.ts'

test('a decision log, as a gateway writes it, is found by its content and joined', async () => {
  const folder = aFolder()
  const path = join(folder, 'fairlead.db')
  const store = await openSqliteStore({ path })
  const ids = ['d-1', 'd-2', 'd-3']
  await store.append({
    decisions: ids.map((id) => aDecision({ id, queryHash: `hash ${id}` })),
    outcomes: ids.slice(0, 2).map((decision) => anOutcome({ decision })),
  })
  await store.close()
  const feedback = join(folder, 'feedback.csv')
  writeFileSync(feedback, `decision,score\n${ids.map((id) => `${id},0.5`).join('\n')}`)
  const prompts = join(folder, 'prompts.jsonl')
  writeFileSync(
    prompts,
    ids.map((id) => JSON.stringify({ queryHash: `hash ${id}`, prompt: `Why ${id}?` })).join('\n'),
  )
  const { rows, notes } = await readTrainingRows([path], { split: 'train', feedback, prompts }, silent)
  expect(rows.map(({ id, prompt }) => [id, prompt])).toEqual([
    ['d-1', 'Why d-1?'],
    ['d-2', 'Why d-2?'],
  ])
  expect(notes).toEqual([expect.stringContaining('1 are of decisions that no model answered')])
  const without = readTrainingRows([path], { split: 'train', feedback }, silent)
  await expect(without).rejects.toThrow(/not their text.*--prompts FILE/)
  await expect(without).rejects.toBeInstanceOf(UserError)
})
