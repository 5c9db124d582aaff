import { describe, expect, test } from 'vitest'
import { aRequest } from '../../test/support/builders.ts'
import { lastUserText, type Request } from '../domain/request.ts'
import type { TaskType } from '../domain/signals.ts'
import { structure } from './structure.ts'
import { taskType } from './task-type.ts'

/** What is said of a request, with a head that takes everything for `knowledge`. */
const read = (request: Request) =>
  taskType(request, lastUserText(request), structure(request), () => 'knowledge')
const readText = (text: string) => read(aRequest({ text }))

const said: readonly (readonly [TaskType, readonly string[]])[] = [
  [
    'translation',
    [
      'Translate this story into French.',
      'I need a translation of the following letter to Spanish: Dear Sir',
      'Übersetze den folgenden Satz ins Englische: Guten Morgen.',
      'Kannst du das bitte übersetzen?',
      'Traduis ce texte en anglais.',
      'Traduce este párrafo al inglés.',
      'Traduci questa frase in inglese.',
      'Traduza este texto para o inglês.',
      '请把这句话翻译成英文',
      '次の文を英語に翻訳してください',
    ],
  ],
  [
    'summarisation',
    [
      'Summarize the article below in three points.',
      'Give me the gist of this thread.',
      'TL;DR please',
      'Fasse den folgenden Text kurz zusammen.',
      'Bitte gib eine Zusammenfassung.',
      'Résume cet article en trois phrases.',
      'Résumez ce texte.',
      'Resume este texto en dos frases.',
      'Haz un resumen del artículo.',
      '请总结下面的文章',
    ],
  ],
  ['rewriting', ['Rewrite this email so that it is kinder.', 'Please fix the grammar: he go home']],
  [
    'classification',
    [
      'Classify the review as good or bad.',
      'What is the sentiment of this tweet: I love it',
      'Is this email spam? You have won a prize',
    ],
  ],
  ['extraction', ['Extract the names from the text.', 'List all dates that occur.', 'Answer in valid JSON.']],
  [
    'code',
    [
      'Write a Python function that reverses a list.',
      'Debug this SQL query for me',
      'I get a TypeError when I call it, why?',
    ],
  ],
  [
    'math',
    [
      'Prove that there are infinitely many primes.',
      'Solve for x: 3x + 2 = 11',
      'What is 12 * 7 = ?',
      '\\frac{1}{2}',
    ],
  ],
  ['creative', ['Write a short poem about autumn.', 'Tell me a joke.']],
  [
    'knowledge',
    [
      'Who was the first king of Norway?',
      'Wer war der erste König von Norwegen?',
      'Improve my resume for a job at a bank.',
      'Shall we resume the talks?',
      '',
      '\ud800',
    ],
  ],
]

describe('plain words decide', () => {
  test.each(said.flatMap(([task, texts]) => texts.map((text) => [task, text] as const)))(
    '%s: %s',
    (task, text) => {
      expect(readText(text)).toBe(task)
    },
  )

  test('at either end of a long prompt, and not in its middle', () => {
    const filler = 'The river rose and the fields lay under water for a week. '.repeat(40)
    expect(readText(`Summarize this: ${filler}`)).toBe('summarisation')
    expect(readText(`${filler} Summarize this.`)).toBe('summarisation')
    expect(readText(`${filler} Summarize this. ${filler}`)).toBe('knowledge')
  })
})

describe('structure decides', () => {
  const tools = [{ name: 'search', description: null, parameters: null, strict: null }]

  test('tools on offer make a tool task, unless they may not be used', () => {
    expect(read(aRequest({ text: 'Summarize this.', tools }))).toBe('tool-use')
    expect(read(aRequest({ text: 'Summarize this.', tools, toolChoice: { kind: 'none' } }))).toBe(
      'summarisation',
    )
  })

  test('a form for the answer makes an extraction, where words say nothing else', () => {
    const responseFormat = { kind: 'json' } as const
    expect(read(aRequest({ text: 'The bill of Mr Smith', responseFormat }))).toBe('extraction')
    expect(read(aRequest({ text: 'Classify this bill', responseFormat }))).toBe('classification')
  })

  test('a prompt that is mostly a program is about code', () => {
    expect(readText('def f(x):\n    return x\n\nwhy is that slow')).toBe('code')
  })
})

test('the trained head is asked only where nothing else decides', () => {
  const text = 'Translate this to German: hello'
  const request = aRequest({ text })
  const unasked = () => {
    throw new Error('asked')
  }
  expect(taskType(request, text, structure(request), unasked)).toBe('translation')
})

test('a prompt of a megabyte is read at its ends', () => {
  for (const unit of ['write a ', 'translate ', '1 - ', 'is this text ']) {
    expect(readText(unit.repeat(1_000_000 / unit.length))).toBeTypeOf('string')
  }
})
