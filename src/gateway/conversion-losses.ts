import type { ModelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { Request } from '../domain/request.ts'
import type { Target, WireFormatName } from '../domain/vendor.ts'
import { lossesOf } from '../providers/ai-sdk/losses.ts'
import { wireFormat } from '../wire/index.ts'
import type { Loss } from '../wire/wire-format.ts'

/** How a vendor is spoken to: by its wire format, or through a library, which has a form of its own. */
type Way = WireFormatName | 'library'

/** How the vendors that serve a model are spoken to; looked up once per configuration. */
export type FormatsOf = (model: ModelId) => readonly Way[]

export function formatsOver(targetsOf: (model: ModelId) => readonly Target[]): FormatsOf {
  // Bounded by the models of the configuration.
  const known = new Map<ModelId, readonly Way[]>()
  return (model) => {
    let formats = known.get(model)
    if (!formats) {
      formats = [...new Set(targetsOf(model).map(wayOf))]
      if (formats.length > 0) known.set(model, formats)
    }
    return formats
  }
}

const wayOf = ({ vendor }: Target): Way => (vendor.library === undefined ? vendor.format : 'library')

/**
 * What would change the answer if the request went to the model: of all its vendors, since any of them may be asked.
 * `undefined`: the policy takes what it gets.
 */
export function lossesFor(
  { conversions }: Policy,
  request: Request,
  formatsOf: FormatsOf,
): ((model: ModelId) => string | null) | undefined {
  const { from } = request
  if (conversions === 'note' || from === undefined) return undefined
  const losses = new Map<Way, string | null>()
  const lossTo = (format: Way): string | null => {
    if (format === from) return null
    let lost = losses.get(format)
    if (lost === undefined) {
      const all = format === 'library' ? lossesToLibrary(request) : wireFormat(format).losses(request)
      const found = all.find(({ changesMeaning }) => changesMeaning)
      lost = found?.what ?? null
      losses.set(format, lost)
    }
    return lost
  }
  return (model) => {
    for (const format of formatsOf(model)) {
      const lost = lossTo(format)
      if (lost !== null) return lost
    }
    return null
  }
}

/** A library is asked by way of Chat Completions: what that has no place for never comes as far as the library. */
function lossesToLibrary(request: Request): readonly Loss[] {
  if (request.from === 'openai-chat') return lossesOf(request)
  return [...wireFormat('openai-chat').losses(request), ...lossesOf({ ...request, extra: {} })]
}
