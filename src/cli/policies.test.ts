import { describe, expect, test } from 'vitest'
import { aLearning, artefact, learningPolicy as policy } from '../../test/support/a-learning.ts'
import { linUcb } from '../strategies/linucb.ts'
import { history, rollBack } from './policies.ts'

describe('fairlead policies', () => {
  test('shows versions with their numbers, and which is live', async () => {
    const { store, grade, learning, close } = await aLearning()
    await grade(2, 1)
    await learning.rollBack('auto', 1)
    const text = await history(store, 'auto', {})
    expect(text.split('\n')[2]).toMatch(/^ *3 .* back to 1 .* live$/)
    expect(text.split('\n')[3]).toMatch(/^ *2 .* saved .* 2 +1\.000 +1\.000 of 2 +\$0 of \$2\.00$/)
    expect(await history(store, null, {})).toMatch(/auto +3 /)
    expect(JSON.parse(await history(store, 'auto', { json: true }))).toHaveLength(3)
    expect(await history(store, null, { correction: true })).toContain('begun')
    await expect(history(store, 'nobody', {})).rejects.toThrow('ever saved')
    await expect(history(store, 'auto', { limit: 'x' })).rejects.toThrow('--limit x')
    await close()
  })

  test('rolls back what a gateway then serves', async () => {
    const { store, grade, learning, close } = await aLearning()
    await grade(2, 1)
    // The gateway saves what it has now and then: this is such a moment.
    await learning.rollBack('auto', 1)
    await learning.rollBack('auto', 2)
    expect(await rollBack(store, 'auto', '1', {}, new Date())).toContain('auto is back to version 1')
    expect(learning.facts(policy, artefact).learnt!.sums.size).toBe(1)
    await learning.refresh()
    expect(learning.facts(policy, artefact).learnt!.sums.size).toBe(0)
    await expect(rollBack(store, 'auto', 'one', {}, new Date())).rejects.toThrow('whole number')
    await expect(rollBack(store, null, null, {}, new Date())).rejects.toThrow('Name the policy')
    await expect(rollBack(store, 'nobody', null, {}, new Date())).rejects.toThrow('Nothing that nobody')
    await close()
  })

  test('never serves what was learnt over another artefact or by other rules', async () => {
    const { store, grade, learning, state, close } = await aLearning()
    await grade(2, 1)
    const forgetful = { ...policy, learner: linUcb.learner!(linUcb.options.parse({ halfLifeHours: 1 })) }
    await learning.prepare([forgetful], artefact)
    expect(learning.facts(forgetful, artefact).learnt!.sums.size).toBe(0)
    expect(learning.facts(policy, artefact).learnt).toBe(null)
    await expect(learning.rollBack('auto', 1)).rejects.toThrow('Name a later version')
    // Back in use, the old sums are still there: they have a place of their own.
    await learning.prepare([policy], artefact)
    expect(learning.facts(policy, artefact).learnt!.sums.size).toBe(1)
    expect(state.mode()).toBe('alone')
    expect(await history(store, 'auto', {})).toContain('begun')
    await close()
  })
})
