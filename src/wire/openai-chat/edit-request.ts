import { type Edits, editScanned, scanObject, valueText } from '../edit-json.ts'
import { routingFields } from '../routing-fields.ts'
import type { VendorSide } from '../wire-format.ts'
import { withoutSeals } from './without-seals.ts'

/**
 * The client's own bytes for a vendor of the same format. A vendor that does not know `stream_options` refuses a request
 * that has it, so there it is taken out: a client must not need to know which vendor it will be sent to.
 */
export function editRequest(text: string, { model, quirks, foreignSeals = false }: VendorSide): string {
  const body = scanObject(text)
  const messages = foreignSeals ? withoutSeals(valueText(body, 'messages')) : null
  const set = { model: JSON.stringify(model), ...(messages !== null && { messages }) }
  const streams = valueText(body, 'stream') === 'true'
  const remove = quirks.providerField ? allButProvider : routingFields
  const edits: Edits = quirks.streamUsageOption
    ? { set, remove, ...(streams && { merge: askForUsage }) }
    : { set, remove: [...remove, 'stream_options'] }
  return editScanned(body, edits)
}

/** A vendor that chooses among vendors is told the client's rules for it. */
const allButProvider = routingFields.filter((field) => field !== 'provider')

const askForUsage = { stream_options: { include_usage: 'true' } }
