import { type Faults, shown, within, wrongType } from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'

/** '' has no blocks: it says nothing. */
export function contentList<Part>(
  value: unknown,
  path: string,
  faults: Faults,
  decode: (block: JsonObject, path: string) => readonly Part[],
): (Part | { readonly kind: 'text'; readonly text: string })[] {
  if (typeof value === 'string') return value === '' ? [] : [{ kind: 'text', text: value }]
  if (!Array.isArray(value)) {
    const remedy = 'Write a string, or blocks such as {"type": "text", "text": "…"}.'
    wrongType(faults, path, 'a string or a list of blocks', value, remedy)
    return []
  }
  return value.flatMap((block: unknown, index) => {
    const blockPath = `${path}[${index}]`
    if (isObject(block)) return decode(block, blockPath)
    wrongType(faults, blockPath, 'an object', block, 'Write {"type": "text", "text": "…"}.')
    return []
  })
}

// A block that Fairlead can't name would be sent to models that may not read it: better told than guessed.
export function unknownBlock(block: JsonObject, path: string, known: string, faults: Faults): void {
  const param = within(path, 'type')
  if (typeof block.type !== 'string') {
    wrongType(faults, param, 'a string', block.type, `Use ${known}.`)
    return
  }
  const message = `${param}: there is no block of type ${shown(block.type)} here. Use ${known}.`
  faults.push({ param, code: 'unknown_part', message })
}
