import { expect, test } from 'vitest'
import { encodedText, toolText } from './tool-text.ts'

const described = (parameters: Readonly<Record<string, unknown>> | null) =>
  toolText({ name: 'book_room', description: 'Books a room.', parameters })

test('parameters within parameters are read, with what they may be', () => {
  const text = described({
    properties: {
      guest: {
        type: 'object',
        description: 'Who stays',
        properties: { email: { type: 'string', format: 'email' } },
      },
      beds: { type: 'array', items: { enum: ['single', 'double', 7] } },
      view: { anyOf: [{ properties: { side: { const: 'sea' } } }] },
    },
  })
  expect(text.parameterNames).toBe('guest email beds view side')
  expect(text.parameterDescriptions).toContain('Who stays')
  expect(text.choices).toBe('single double sea')
  expect(text.valueTerms).toContain('#email')
})

test('a tool without parameters or with a schema of another form is read as far as it goes', () => {
  expect(described(null).parameterNames).toBe('')
  expect(described({ properties: 'none', items: [1] }).parameterNames).toBe('')
  expect(described({ properties: { a: true, b: null } }).parameterNames).toBe('a b')
})

test('a schema without end is cut', () => {
  const endless: Record<string, unknown> = {}
  endless.properties = { again: endless, other: {} }
  const names = described(endless).parameterNames.split(' ')
  expect(names.length).toBeGreaterThan(2)
  expect(names.length).toBeLessThanOrEqual(60)
  const wide = { properties: Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`field${at}`, {}])) }
  expect(described(wide).parameterNames.split(' ')).toHaveLength(60)
})

test('names without end are cut', () => {
  const long = 'x'.repeat(5_000)
  const text = toolText({
    name: long,
    description: null,
    parameters: { properties: { [long]: { enum: [long] } } },
  })
  for (const name of [text.name, text.parameterNames, text.choices]) expect(name).toHaveLength(100)
})

test('for the encoder the name comes first, in words', () => {
  expect(encodedText(described({ properties: { checkIn: {} } }))).toBe('book room. Books a room. check in')
})
