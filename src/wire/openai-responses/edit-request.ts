import { editScanned, scanObject, valueText } from '../edit-json.ts'
import { isObject } from '../lenient.ts'
import { routingFields } from '../routing-fields.ts'
import type { VendorSide } from '../wire-format.ts'
import { withoutForeign } from './encode-input.ts'
import { isOwnReasoning } from './items.ts'

/**
 * The client's own bytes for a vendor of the same format. Usage is reported unasked. Only where the input holds items that
 * the vendor can't know is the input written anew.
 */
export function editRequest(text: string, { model, foreignSeals = false }: VendorSide): string {
  const body = scanObject(text)
  const input = editedInput(valueText(body, 'input'), foreignSeals)
  const set = { model: JSON.stringify(model), ...(input !== null && { input }) }
  return editScanned(body, { set, remove: routingFields })
}

/** `null`: it stays as it is. */
function editedInput(text: string | null, foreignSeals: boolean): string | null {
  if (!text?.startsWith('[')) return null
  if (!foreignSeals && !text.includes('"reasoning"')) return null
  const items: readonly unknown[] = JSON.parse(text)
  const kept = items.flatMap((item) => {
    if (!isObject(item)) return [item]
    if (foreignSeals) return withoutForeign(item) ?? []
    // What Fairlead wrote down of another model's reasoning: OpenAI refuses an id that it never gave.
    const unknown =
      item.type === 'reasoning' &&
      typeof item.id === 'string' &&
      isOwnReasoning(item.id) &&
      !item.encrypted_content
    return unknown ? [] : [item]
  })
  const same = kept.length === items.length && kept.every((item, index) => item === items[index])
  return same ? null : JSON.stringify(kept)
}
