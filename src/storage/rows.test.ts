import { expect, test } from 'vitest'
import { anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import { attemptRoles } from '../domain/attempt.ts'
import { attemptRow, outcomeOf, outcomeRow } from './rows.ts'

const outcome = anOutcome({ attempts: [anAttempt({ role: 'hedge' })] })
const row = attemptRow(outcome.decision, outcome.attempts[0]!, 0)

test.each(attemptRoles)('the role %s is read as it was written', (role) => {
  const [read] = outcomeOf(outcomeRow(outcome), [{ ...row, role }]).attempts
  expect(read).toEqual(anAttempt({ role }))
})

test.each([null, '', 'a-role-of-a-later-version'])('the role %s is not known', (role) => {
  const [read] = outcomeOf(outcomeRow(outcome), [{ ...row, role }]).attempts
  expect(read).not.toHaveProperty('role')
})
