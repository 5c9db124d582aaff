import { z } from 'zod'
import {
  type ObjectiveField,
  objectiveFields,
  objectiveSchemas,
  statementOf,
} from '../config/objective-fields.ts'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { UserError } from './command.ts'

/** `quality=0.95`, `maxQualityLoss=5%`, `meanCost=0.002`: a field of a policy and its value, as a configuration would have it. */
export function readTarget(text: string): ObjectiveStatement {
  const [name = '', ...rest] = text.split('=')
  const field = objectiveFields.find((known) => known === name.trim())
  const written = rest.join('=').trim()
  if (field === undefined || written === '') {
    throw new UserError(
      `--target ${text} is none that is known. Write one of ${objectiveFields.join(', ')} and its value, such as quality=0.95, meanCost=0.002 or strongShare=30%.`,
    )
  }
  const result = z.strictObject(objectiveSchemas).safeParse({ [field]: scalarOf(written) })
  if (result.success) return statementOf(field, result.data)
  throw new UserError(`--target ${text}: ${remedyFor(field, result.error.issues[0])}`)
}

/** Numbers as numbers, dollars with or without their sign; the rest is for the field's own schema to read. */
function scalarOf(written: string): string | number {
  const number = Number(written.replace(/^\$/, ''))
  return Number.isFinite(number) ? number : written
}

const remedyFor = (field: ObjectiveField, issue: z.core.$ZodIssue | undefined): string =>
  issue?.code === 'custom' ? issue.message : `${field} takes a number above 0, such as ${field}=0.002.`
