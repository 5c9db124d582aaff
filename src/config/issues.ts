import type { z } from 'zod'
import { alternatives, didYouMean } from './closest.ts'
import type { Path, ReportFault } from './faults.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** Says what zod found in the words of someone who writes the file, with what to write instead. */
export function reportIssues(
  issues: readonly Issue[],
  schema: Schema,
  value: unknown,
  report: ReportFault,
): void {
  for (const issue of issues) reportIssue(issue, schema, value, report)
}

function reportIssue(issue: Issue, schema: Schema, value: unknown, report: ReportFault): void {
  const path = issue.path as Path
  const found = valueAt(value, path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path, value)
      for (const key of issue.keys)
        report(
          [...path, key],
          `is not a known key. ${didYouMean(key, known, `Known here: ${known.join(', ')}.`)}`,
          'key',
        )
      return
    }
    case 'invalid_key': {
      const [inner] = issue.issues
      report(
        path,
        inner?.code === 'custom' ? inner.message : 'is not a name that can stand here. Rename it.',
        'key',
      )
      return
    }
    case 'invalid_union': {
      const branch = branchMeant(issue)
      if (branch) reportIssues(under(path, branch), schema, value, report)
      else report(path, unionMessage(issue, found))
      return
    }
    default:
      report(path, issueMessage(issue, shown(found, path), found))
  }
}

const under = (path: Path, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))

function issueMessage(issue: Issue, found: string, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue.expected, found, value)
    case 'invalid_value': {
      const names = issue.values.map(String)
      if (value === undefined) return `is missing. Write ${alternatives(names)}.`
      return `${found} is not known here. ${didYouMean(String(value), names, `Write ${alternatives(names)}.`)}`
    }
    case 'too_small':
      return smallMessage(issue, found)
    case 'too_big':
      return `${found} is above ${issue.maximum}. Write ${issue.inclusive === false ? 'less than ' : 'at most '}${issue.maximum}.`
    case 'custom':
      return issue.message
    default:
      return `${found} does not fit here: ${issue.message}. Write it in another form.`
  }
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
}

function typeMessage(expected: string, found: string, value: unknown): string {
  const wanted = typeNames[expected] ?? expected
  if (value === undefined) return `is missing. Write ${wanted}.`
  if (value === null) return `is empty. Write ${wanted}, or remove the key.`
  if (expected === 'int' && typeof value === 'number')
    return `${found} is not a whole number. Write ${Math.round(value)}.`
  const numeric = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
  if (numeric && (expected === 'number' || expected === 'int'))
    return `${found} is text. Write ${value} without quotes.`
  if (expected === 'string' && typeof value === 'number')
    return `${found} is a number, not text. Put it in quotes.`
  return `${found} is not ${wanted}. Write ${wanted}.`
}

function smallMessage(issue: z.core.$ZodIssueTooSmall, found: string): string {
  if (issue.origin === 'string') return 'is empty. Write some text, or remove the key.'
  if (issue.origin === 'array') return 'is an empty list. Write at least one member, or remove the key.'
  return issue.inclusive === false
    ? `${found} is not above ${issue.minimum}. Write a number above ${issue.minimum}.`
    : `${found} is below ${issue.minimum}. Write ${issue.minimum} or more.`
}

type UnionIssue = z.core.$ZodIssueInvalidUnion

/** The alternative whose outer shape fits: what is wrong inside it is what the writer wants to hear. */
function branchMeant({ errors }: UnionIssue): readonly Issue[] | null {
  const inside = errors.find((branch) =>
    branch.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  if (inside) return inside
  const sameType = errors.filter(
    (branch) => !branch.some(({ code }) => code === 'invalid_type' || code === 'invalid_value'),
  )
  return sameType.length === 1 ? sameType[0]! : null
}

function unionMessage(issue: UnionIssue, value: unknown): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : null
  const found = shown(value, issue.path as Path)
  if (options) {
    const names = options.filter((name) => name !== undefined).map(String)
    const otherwise = `Write ${alternatives(names)}.`
    if (value === undefined) return `is missing. ${otherwise}`
    return `${found} is not known here. ${didYouMean(String(value), names, otherwise)}`
  }
  const forms = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) => {
      if (inner.code === 'invalid_type') return [typeNames[inner.expected] ?? inner.expected]
      return inner.code === 'invalid_value' ? inner.values.map((name) => JSON.stringify(name)) : []
    }),
  )
  const wanted = alternatives([...new Set(forms)])
  return value === undefined ? `is missing. Write ${wanted}.` : `${found} does not fit here. Write ${wanted}.`
}

/** A value as a message shows it. What may be a credential is named by its type alone. */
function shown(value: unknown, path: Path): string {
  const secret = path.some((part) => part === 'apiKey' || part === 'apiKeys' || part === 'headers')
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  if (typeof value === 'function') return 'a function'
  if (secret) return typeof value === 'string' ? 'the text' : `the ${typeof value}`
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  return String(value)
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as Readonly<Record<string | number, unknown>>)[part]
  }
  return found
}

// Only the parts of zod's definitions that this file walks.
type Definition = {
  readonly type: string
  readonly shape?: Readonly<Record<string, Schema>>
  readonly innerType?: Schema
  readonly in?: Schema
  readonly keyType?: Schema
  readonly valueType?: Schema
  readonly element?: Schema
  readonly options?: readonly Schema[]
  readonly discriminator?: string
}

const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition

/** The keys that the map at a path may have. */
function keysAt(schema: Schema, path: Path, value: unknown): string[] {
  const {
    shape,
    innerType,
    in: input,
    keyType,
    valueType,
    element,
    options,
    discriminator,
  } = definitionOf(schema)
  if (innerType) return keysAt(innerType, path, value)
  if (input) return keysAt(input, path, value)
  if (options) {
    const meant = discriminator ? options.filter((option) => isMeant(option, discriminator, value)) : options
    return [...new Set(meant.flatMap((option) => keysAt(option, path, value)))]
  }
  const [part, ...rest] = path
  if (part === undefined) return shape ? Object.keys(shape) : [...(keyType?._zod.values ?? [])].map(String)
  const next = shape ? shape[part] : (valueType ?? element)
  return next ? keysAt(next, rest, valueAt(value, [part])) : []
}

function isMeant(option: Schema, discriminator: string, value: unknown): boolean {
  const field = definitionOf(option).shape?.[discriminator]
  return field?._zod.values?.has(valueAt(value, [discriminator]) as z.core.util.Primitive) ?? false
}
