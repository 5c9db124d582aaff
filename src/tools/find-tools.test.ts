import { expect, test } from 'vitest'
import { createToolSearch } from './find-tools.ts'

const tools = [
  { name: 'read_file', description: 'Reads a file.', parameters: null, server: 'files' },
  { name: 'search_web', description: 'Searches the internet.', parameters: null, server: 'web' },
  { name: 'send_mail', description: 'Sends an e-mail.', parameters: null, server: 'mail' },
]
const find = createToolSearch(null)

test('the best tools come first, as they were given and with their chances', () => {
  const [first, second, ...others] = find('look something up on the internet', tools, 2)
  expect(first!.tool).toBe(tools[1])
  expect(first!.chance).toBeGreaterThan(second!.chance)
  expect(others).toEqual([])
})

test('another catalogue of the same names is another catalogue', () => {
  const renamed = tools.map((tool) => ({ ...tool, description: 'Sends an e-mail.' }))
  find('mail', tools, 3)
  expect(find('mail', renamed, 3)[0]!.tool).toBe(renamed[2])
})

test('none are found among none, nor where none are asked for', () => {
  expect(find('mail', [], 5)).toEqual([])
  expect(find('mail', tools, 0)).toEqual([])
})
