/** The items of a JSON list as texts, each byte for byte. The text must have passed `JSON.parse`. */
export function itemsOf(list: string): string[] {
  const items: string[] = []
  let depth = 0
  let from = list.indexOf('[') + 1
  for (let at = from; at < list.length; at++) {
    const character = list[at]
    if (character === '"') at = stringEnd(list, at)
    else if (character === '[' || character === '{') depth++
    else if (depth > 0) depth -= character === ']' || character === '}' ? 1 : 0
    else if (character === ',' || character === ']') {
      const item = list.slice(from, at)
      if (item.trim() !== '') items.push(item)
      if (character === ']') break
      from = at + 1
    }
  }
  return items
}

export const listOf = (items: readonly string[]): string => `[${items.join(',')}]`

/** Where the closing quote of the string is that opens at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at
  }
  throw new Error('itemsOf was given a text that is not a JSON list')
}
