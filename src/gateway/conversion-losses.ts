import type { ModelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { Request } from '../domain/request.ts'
import type { Target, WireFormatName } from '../domain/vendor.ts'
import { wireFormat } from '../wire/index.ts'

/** Formats of the vendors that serve a model; looked up once per configuration. */
export type FormatsOf = (model: ModelId) => readonly WireFormatName[]

export function formatsOver(targetsOf: (model: ModelId) => readonly Target[]): FormatsOf {
  // Bounded by the models of the configuration.
  const known = new Map<ModelId, readonly WireFormatName[]>()
  return (model) => {
    let formats = known.get(model)
    if (!formats) {
      formats = [...new Set(targetsOf(model).map(({ vendor }) => vendor.format))]
      if (formats.length > 0) known.set(model, formats)
    }
    return formats
  }
}

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
  const losses = new Map<WireFormatName, string | null>()
  const lossTo = (format: WireFormatName): string | null => {
    if (format === from) return null
    let lost = losses.get(format)
    if (lost === undefined) {
      const found = wireFormat(format)
        .losses(request)
        .find(({ changesMeaning }) => changesMeaning)
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
