import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { readLabelledTexts } from './labelled-texts.ts'

function aFile(content: string | Uint8Array, name = 'texts.jsonl'): string {
  const path = join(aFolder(), name)
  writeFileSync(path, content)
  return path
}

const two = '{"text": "wake me at seven", "label": "alarm", "id": 3}\n\n{"text": "", "label": "none"}\n'

test('reads text and label of each line, and passes over empty ones', async () => {
  const expected = [
    { text: 'wake me at seven', label: 'alarm' },
    { text: '', label: 'none' },
  ]
  expect(await readLabelledTexts(aFile(two))).toEqual(expected)
  expect(await readLabelledTexts(aFile(gzipSync(two), 'texts.jsonl.gz'))).toEqual(expected)
})

describe('a bad line is named with its number and what to do', () => {
  test.each([
    ['no JSON', '{"text": "a'],
    ['null', 'null'],
    ['a list', '["a", "b"]'],
    ['no label', '{"text": "a"}'],
    ['a label that is no text', '{"text": "a", "label": 7}'],
  ])('%s', async (_, line) => {
    const path = aFile(`{"text": "a", "label": "b"}\n${line}\n`)
    await expect(readLabelledTexts(path)).rejects.toThrow(
      `${path}:2: is not an object with \`text\` and \`label\`. Mend the line or take it out.`,
    )
  })
})

test('a file that is not there is an error that names it', async () => {
  const path = join(aFolder(), 'gone.jsonl')
  await expect(readLabelledTexts(path)).rejects.toThrow(path)
})
