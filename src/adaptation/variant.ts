/** What a prompt variant is: how a request is worded for one model. A pure value, so that every turn of a session gets the same. */

import { hash32 } from '../domain/random.ts'

export type PromptVariant = {
  readonly system: SystemChange
  /** Put around the text of the user's last message; `null`: it stays as it is. */
  readonly template: Template | null
}

/** What becomes of the system prompt: the messages of the system and the developer that stand before all others. */
export type SystemChange =
  | { readonly kind: 'keep' }
  /** Each `null` where nothing is said. */
  | { readonly kind: 'around'; readonly prepend: string | null; readonly append: string | null }
  | { readonly kind: 'replace'; readonly text: string }

export type Template = { readonly before: string; readonly after: string }

/** The prompt as the client wrote it. */
export const unadapted: PromptVariant = { system: { kind: 'keep' }, template: null }

export const isUnadapted = ({ system, template }: PromptVariant): boolean =>
  system.kind === 'keep' && template === null

/** Stands in a template for the text of the user's last message. */
export const promptPlace = '{{prompt}}'

/** As files, and models that propose variants, write one. */
export type WrittenVariant = {
  readonly system?:
    | {
        readonly prepend?: string | undefined
        readonly append?: string | undefined
        readonly replace?: string | undefined
      }
    | undefined
  readonly template?: string | undefined
}

export type VariantReading =
  | { readonly kind: 'variant'; readonly variant: PromptVariant }
  | { readonly kind: 'faulty'; readonly path: readonly string[]; readonly message: string }

export function readVariant({ system = {}, template }: WrittenVariant): VariantReading {
  const { prepend, append, replace } = system
  if (replace !== undefined && (prepend !== undefined || append !== undefined))
    return faulty(
      ['system', 'replace'],
      'leaves nothing to prepend or append to. Write the whole text there, or take it out.',
    )
  const parts = template === undefined ? null : template.split(promptPlace)
  if (parts !== null && parts.length !== 2)
    return faulty(
      ['template'],
      `has ${promptPlace} ${parts.length === 1 ? 'nowhere' : `${parts.length - 1} times`}. Write it once, where the user's text goes.`,
    )
  const around: SystemChange =
    prepend === undefined && append === undefined
      ? { kind: 'keep' }
      : { kind: 'around', prepend: prepend ?? null, append: append ?? null }
  const [before = '', after = ''] = parts ?? []
  return {
    kind: 'variant',
    variant: {
      system: replace === undefined ? around : { kind: 'replace', text: replace },
      template: before === '' && after === '' ? null : { before, after },
    },
  }
}

const faulty = (path: readonly string[], message: string): VariantReading => ({
  kind: 'faulty',
  path,
  message,
})

/** The inverse of `readVariant`. */
export function writeVariant({ system, template }: PromptVariant): WrittenVariant {
  const around = system.kind === 'around' ? system : { prepend: null, append: null }
  return {
    ...(system.kind !== 'keep' && {
      system: {
        ...(around.prepend !== null && { prepend: around.prepend }),
        ...(around.append !== null && { append: around.append }),
        ...(system.kind === 'replace' && { replace: system.text }),
      },
    }),
    ...(template !== null && { template: `${template.before}${promptPlace}${template.after}` }),
  }
}

/** Two variants of one wording have one name: a hash of it. */
export function variantName(variant: PromptVariant): string {
  if (isUnadapted(variant)) return 'unadapted'
  const text = JSON.stringify(writeVariant(variant))
  const hex = [0, 1].map((salt) => hash32(text, salt).toString(16).padStart(8, '0')).join('')
  return `prompt-${hex.slice(0, 12)}`
}
