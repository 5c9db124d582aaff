import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** A line longer than this is no row of outcomes, and must not fill the memory. */
const maxLineChars = 64 * 1024 * 1024

export type Line = { readonly number: number; readonly text: string }

/** The lines of a text file, gunzipped as it is read when its name ends in `.gz`. Throws what reading throws. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0
  let rest = ''
  for await (const chunk of textOf(path)) {
    const pieces = (rest + chunk).split('\n')
    rest = pieces.pop()!
    if (rest.length > maxLineChars) throw new LineTooLong(number + 1)
    for (const text of pieces) yield { number: ++number, text }
  }
  if (rest !== '') yield { number: number + 1, text: rest }
}

export class LineTooLong extends Error {
  readonly line: number
  constructor(line: number) {
    super(`line ${line} is longer than ${maxLineChars} characters`)
    this.line = line
  }
}

function textOf(path: string): Readable {
  const file = createReadStream(path)
  if (!path.endsWith('.gz')) return file.setEncoding('utf8')
  const gunzip = createGunzip()
  // An error of either stream destroys the other; whoever iterates over `gunzip` is thrown that error.
  pipeline(file, gunzip, () => {})
  return gunzip.setEncoding('utf8')
}
