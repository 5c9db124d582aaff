import { readFileSync } from 'node:fs'
import { resolve as absolute } from 'node:path'
import type { ModelPattern, PromptRule } from '../adaptation/rules.ts'
import { isUnadapted, readVariant } from '../adaptation/variant.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Policy } from '../domain/policy.ts'
import { type PromptEntry, promptsFileSchema, type PromptsEntry } from './adaptation-fields.ts'
import { alternatives, didYouMean } from './closest.ts'
import { type Path, pathText, type ReportFault } from './faults.ts'
import { reportIssues } from './issues.ts'

export type AdaptationContext = {
  /** The folder that a file's name is relative to. */
  readonly base: string
  readonly catalog: Pick<Catalog, 'list' | 'get'>
  readonly vendors: readonly string[]
  readonly policies: readonly Pick<Policy, 'name'>[]
  readonly report: ReportFault
}

/** The prompts of the file that have no fault, in its order; every fault is reported. */
export function resolvePrompts(
  written: PromptsEntry | undefined,
  context: AdaptationContext,
): readonly PromptRule[] {
  if (written === undefined) return []
  if (typeof written !== 'string')
    return written.flatMap((entry, index) => ruleOf(entry, ['prompts', index], context) ?? [])
  const faults: string[] = []
  const report: ReportFault = (path, message) =>
    void faults.push(path.length === 0 ? message : `${pathText(path)}: ${message}`)
  const entries = readPromptsFile(absolute(context.base, written), report)
  const rules = entries.flatMap(
    (entry, index) => ruleOf(entry, ['prompts', index], { ...context, report }) ?? [],
  )
  // They have no place in the configuration, and of faults at one place the first alone is told: all of them at once.
  if (faults.length > 0) context.report(['prompts'], `${written}: ${faults.join(' ')}`)
  return rules
}

/** The entries of a file of prompts; none where it has a fault, which is reported with its path within the file. */
export function readPromptsFile(file: string, report: ReportFault): readonly PromptEntry[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === undefined ? 'is no valid JSON' : `can't be read (${code})`
    report([], `${why}. Write it with \`fairlead adapt --write\`, or name another file.`)
    return []
  }
  const parsed = promptsFileSchema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data.prompts
  reportIssues(parsed.error.issues, promptsFileSchema, value, report)
  return []
}

function ruleOf(entry: PromptEntry, path: Path, context: AdaptationContext): PromptRule | null {
  const { report, policies } = context
  const model = patternOf(entry.model, [...path, 'model'], context)
  const names = policies.map(({ name }) => name)
  const { policy = null, when = {} } = entry
  if (policy !== null && !names.includes(policy))
    report(
      [...path, 'policy'],
      `${JSON.stringify(policy)} is no policy. ${didYouMean(policy, names, `There are ${alternatives(names)}.`)}`,
    )
  const reading = readVariant(entry)
  if (reading.kind === 'faulty') {
    report([...path, ...reading.path], reading.message)
    return null
  }
  const { variant } = reading
  if (isUnadapted(variant))
    report(path, 'changes nothing. Write a system or a template, or remove it.', 'key')
  return (
    model && {
      policy,
      model,
      when: {
        systemHash: when.systemHash ?? null,
        tags: when.tags ?? [],
        taskType: when.taskType ?? null,
      },
      variant,
    }
  )
}

/** A model that is known and can't be reached here is no fault: one file may serve several machines. */
function patternOf(
  written: string,
  path: Path,
  { catalog, vendors, report }: AdaptationContext,
): ModelPattern | null {
  const [vendor = '', name = ''] = [
    written.slice(0, written.indexOf('/')),
    written.slice(written.indexOf('/') + 1),
  ]
  if (name === '*') {
    if (!vendors.includes(vendor))
      report(
        path,
        `there is no vendor ${JSON.stringify(vendor)}. ${didYouMean(vendor, vendors, 'Name one of the configuration.')}`,
      )
    return { kind: 'vendor', vendor }
  }
  const known = catalog.get(written)
  if (known !== undefined) return { kind: 'model', id: known.model.id }
  const ids = catalog.list().map(({ model }) => model.id)
  report(
    path,
    `${JSON.stringify(written)} is no known model. ${didYouMean(written, ids, 'List it under models, or name another.')}`,
  )
  return null
}
