import { describeFault } from '../outcomes/fault.ts'
import { readLines } from '../outcomes/lines.ts'

/** A text with the intent that a person gave it. */
export type LabelledText = { readonly text: string; readonly label: string }

/**
 * Rows of a file of labelled texts: `{"text", "label"}` on each line.
 * @throws Error with file, line and remedy at the first line that is something else
 */
export async function readLabelledTexts(path: string): Promise<readonly LabelledText[]> {
  const texts: LabelledText[] = []
  for await (const { number, text } of readLines(path)) {
    if (text.trim() === '') continue
    const parsed = parse(text)
    if (parsed === null) {
      const problem = 'is not an object with `text` and `label`'
      throw new Error(describeFault({ path, line: number, problem, remedy: 'Mend the line or take it out.' }))
    }
    texts.push(parsed)
  }
  return texts
}

function parse(line: string): LabelledText | null {
  try {
    const { text, label } = JSON.parse(line) as Readonly<Record<string, unknown>>
    return typeof text === 'string' && typeof label === 'string' ? { text, label } : null
  } catch {
    return null
  }
}
