import { describe, expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import { codeShare, structure } from './structure.ts'

const program = `function add(a, b) {
  const sum = a + b;
  return sum;
}`
const prose = 'Please explain how rivers find their way to the sea, and why some of them never do.'

describe('the share of code', () => {
  test.each([
    ['JavaScript', program],
    ['Python', 'def add(a, b):\n    return a + b\n\nclass Sum:\n    pass'],
    ['SQL', 'SELECT name\nFROM people;'],
    ['C', '#include <stdio.h>\nint main(void) {\n    puts("hello");\n}'],
    ['HTML', '<ul>\n<li>one</li>\n</ul>'],
    ['anything in a fence', '```\nthe quick brown fox\njumps over it\n```'],
  ])('is large for %s', (_, text) => {
    expect(codeShare(text)).toBeGreaterThan(0.6)
  })

  test('is nothing for prose, whatever its language', () => {
    expect(codeShare(prose)).toBe(0)
    expect(codeShare('请解释河流如何流入大海。')).toBe(0)
    expect(codeShare('')).toBe(0)
  })

  test('is in between for a question about a program', () => {
    const share = codeShare(`Why does this print twice?\n\`\`\`js\n${program}\n\`\`\`\n${prose}`)
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.6)
  })

  test('counts a fence that is never closed to its end', () => {
    expect(codeShare('```\n'.concat('plain words here\n'.repeat(20)))).toBeGreaterThan(0.9)
  })

  test('of a very long text is that of its beginning, and never above 1', () => {
    expect(codeShare(`${'x = 1;\n'.repeat(2000)}${prose.repeat(10_000)}`)).toBeGreaterThan(0.99)
    expect(codeShare('{'.repeat(1_000_000))).toBe(1)
  })

  // Where the pattern tries every start of the line against its every end, these take longer than a test may.
  test.each([
    ['one endless word', 'a'.repeat(8000)],
    ['brackets that never close', 'a('.repeat(4000)],
    ['semicolons before more text', `${'; '.repeat(3999)}x`],
    ['spaces', ' '.repeat(8000)],
  ])('is read in one go: %s', (_, text) => {
    for (let time = 0; time < 500; time++) codeShare(text)
  })
})

describe('structure', () => {
  test('measures the whole conversation and its last question', () => {
    const image = { kind: 'image', url: 'https://x.test/i.png', detail: null } as const
    const request = aRequest({
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be kind.' }], name: null },
        { role: 'user', content: [{ kind: 'text', text: 'Look:' }, image, image], name: null },
        { role: 'assistant', content: [{ kind: 'text', text: 'I see.' }], name: null },
        aUserMessage('What is it?'),
      ],
      tools: [{ name: 'zoom', description: null, parameters: null, strict: null }],
      responseFormat: { kind: 'json-schema', name: 'a', description: null, schema: {}, strict: null },
    })
    expect(structure(request)).toEqual({
      promptChars: 8 + 5 + 6 + 11,
      lastUserChars: 11,
      turns: 2,
      codeShare: 0,
      tools: 1,
      images: 2,
      jsonSchema: true,
    })
  })

  test('of no message at all is nothing', () => {
    expect(structure(aRequest({ messages: [] }))).toEqual({
      promptChars: 0,
      lastUserChars: 0,
      turns: 0,
      codeShare: 0,
      tools: 0,
      images: 0,
      jsonSchema: false,
    })
  })
})
