/** Where in a text the answer itself stands, past the working that leads to it. */

export type Span = { readonly from: number; readonly to: number }

const statements = [
  /\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}/dg,
  /^####\s*(.+)$/dgm,
  /\banswer\s*(?:is|:|=)\s*\**\s*([^\n]{1,80}?)(?:\.(?=\s|$)|\n|$)/dgi,
]

const longestShortText = 80

/** The last statement of an answer; a short text is one itself; `null`: a long text that states none. */
export function answerSpan(text: string): Span | null {
  for (const pattern of statements) {
    let last: readonly [number, number] | undefined
    for (const match of text.matchAll(pattern)) last = match.indices?.[1]
    if (last) return { from: last[0], to: last[1] }
  }
  const bare = text.trim()
  return bare === '' || bare.length > longestShortText || bare.includes('\n')
    ? null
    : { from: text.indexOf(bare), to: text.indexOf(bare) + bare.length }
}
