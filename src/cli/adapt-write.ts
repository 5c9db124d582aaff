/** The file of prompts that variants are written to, which `prompts` of a configuration names. */

import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type PromptVariant, readVariant, type WrittenVariant } from '../adaptation/variant.ts'
import { pathText } from '../config/faults.ts'
import { readPromptsFile } from '../config/resolve-adaptation.ts'
import { UserError } from './command.ts'

/** Which requests an entry is for. */
export type PromptScope = {
  readonly policy?: string | undefined
  readonly model: string
  readonly when?:
    | {
        readonly systemHash?: string | undefined
        readonly tags?: readonly string[] | undefined
        readonly taskType?: string | undefined
      }
    | undefined
}

type Entry = PromptScope & WrittenVariant & { readonly measured?: object | undefined }

/** None where there is no file. @throws UserError where the file is there and is none of prompts */
export function readPrompts(file: string): readonly Entry[] {
  if (!existsSync(file)) return []
  const faults: string[] = []
  const entries = readPromptsFile(file, (path, message) => {
    faults.push(`${file}: ${pathText(path)} ${message}`)
  })
  if (faults.length > 0) throw new UserError(faults.join('\n'))
  return entries
}

/** What the entries have for just these requests; `null`: nothing. */
export function variantInUse(entries: readonly Entry[], scope: PromptScope): PromptVariant | null {
  const entry = entries.find((one) => sameScope(one, scope))
  const reading = entry === undefined ? null : readVariant(entry)
  return reading?.kind === 'variant' ? reading.variant : null
}

/** In the place of the one for the same requests, else before all that are for more; the file is written whole or not at all. */
export async function writePrompt(file: string, entry: Entry): Promise<void> {
  const before = readPrompts(file)
  const same = before.findIndex((one) => sameScope(one, entry))
  const wider = before.findIndex((one) => narrowness(one) <= narrowness(entry))
  const place = same >= 0 ? same : wider >= 0 ? wider : before.length
  const prompts = [...before]
  prompts.splice(place, same >= 0 ? 1 : 0, entry)
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.new`
  await writeFile(beside, `${JSON.stringify({ version: 1, prompts }, null, 2)}\n`)
  await rename(beside, file)
}

const sameScope = (one: PromptScope, other: PromptScope): boolean => scopeText(one) === scopeText(other)

const scopeText = ({ policy, model, when = {} }: PromptScope): string =>
  JSON.stringify([policy, model, when.systemHash, when.tags, when.taskType])

/** The first rule that fits decides, so that one for few requests must stand before one for many. */
function narrowness({ policy, model, when = {} }: PromptScope): number {
  const conditions = Object.values(when).filter((one) => one !== undefined).length
  return (model.endsWith('/*') ? 0 : 10) + (policy === undefined ? 0 : 5) + conditions
}
