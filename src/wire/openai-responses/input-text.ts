/** Adds items to an input that is JSON text: a prompt, a list whose bytes stay, or nothing yet. */
export function withItems(
  input: string | null,
  { before = [], after = [] }: { readonly before?: readonly unknown[]; readonly after?: readonly unknown[] },
): string {
  const pieces = [...before.map(text), inside(input), ...after.map(text)].filter((piece) => piece !== '')
  return `[${pieces.join(',')}]`
}

const text = (item: unknown): string => JSON.stringify(item)

function inside(input: string | null): string {
  if (input?.startsWith('"')) return `{"type":"message","role":"user","content":${input}}`
  if (!input?.startsWith('[')) return ''
  const list = input.slice(1, input.lastIndexOf(']'))
  return list.trim() === '' ? '' : list
}
