import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import type { Message, Tool } from '../domain/request.ts'
import type { ToolFilterRules } from '../domain/tool-filter.ts'
import { inputTokens } from '../signals/input-tokens.ts'
import { createToolFilter } from './filter-tools.ts'

const aTool = (name: string, description: string): Tool => ({
  name,
  description,
  parameters: { type: 'object', properties: { value: { type: 'string', description: 'What it is given.' } } },
  strict: null,
})

const tools: readonly Tool[] = [
  aTool('weather_forecast', 'Tells how the weather will be in a city.'),
  aTool('send_email', 'Sends an e-mail to recipients.'),
  aTool('track_parcel', 'Tells where a shipment is.'),
  aTool('book_hotel', 'Reserves a room in a hotel.'),
  aTool('play_music', 'Plays songs and albums.'),
  aTool('stock_quote', 'Tells the price of a share.'),
  aTool('translate_text', 'Translates a text into a language.'),
  aTool('create_invoice', 'Writes an invoice for a customer.'),
  aTool('lock_door', 'Locks a door of the house.'),
  aTool('find_recipe', 'Finds recipes by ingredients.'),
  aTool('set_alarm', 'Sets an alarm for the morning.'),
  aTool('run_tests', 'Runs the test suite of the source code.'),
]
const rules: ToolFilterRules = { above: 5, keep: { kind: 'count', count: 3 }, always: [] }
const filter = createToolFilter(null)

const asking = (...turns: readonly (string | Message)[]) =>
  aRequest({ tools, messages: turns.map((turn) => (typeof turn === 'string' ? aUserMessage(turn) : turn)) })
const assistant = (text: string): Message => ({
  role: 'assistant',
  content: [{ kind: 'text', text }],
  name: null,
})
const namesOf = (kept: readonly Tool[]) => kept.map(({ name }) => name)
const keptFor = (...turns: readonly (string | Message)[]) => namesOf(filter(asking(...turns), rules).kept)

describe('what is kept', () => {
  test('has what the user asks for', () => {
    expect(keptFor('How will the weather be in Bern?')).toContain('weather_forecast')
    expect(keptFor('Where is my parcel, and what is an AAPL share worth?')).toEqual(
      expect.arrayContaining(['track_parcel', 'stock_quote']),
    )
  })

  test('keeps the order and the very definitions of the request, which is otherwise as it was', () => {
    const request = asking('Book me a hotel room')
    const { request: filtered, kept, dropped } = filter(request, rules)
    expect(filtered.tools).toBe(kept)
    expect(kept.every((tool) => tools.includes(tool))).toBe(true)
    expect(kept).toEqual(tools.filter((tool) => kept.includes(tool)))
    expect(dropped).toEqual(tools.filter((tool) => !kept.includes(tool)))
    expect({ ...filtered, tools: [] }).toEqual({ ...request, tools: [] })
  })

  test('saves the tokens of what is dropped', () => {
    const request = asking('Book me a hotel room')
    const { request: filtered, tokensSaved } = filter(request, rules)
    expect(Math.abs(inputTokens(request) - inputTokens(filtered) - tokensSaved)).toBeLessThanOrEqual(1)
    expect(tokensSaved).toBeGreaterThan(100)
  })

  test('is everything of a request with few tools', () => {
    const request = asking('Book me a hotel room')
    const { request: filtered, dropped, tokensSaved, because } = filter(request, { ...rules, above: 12 })
    expect(filtered).toBe(request)
    expect([dropped, tokensSaved]).toEqual([[], 0])
    expect(because).toContain('few tools')
  })

  test('is everything where no user has said anything', () => {
    expect(filter(asking(assistant('Hello')), rules).because).toContain('no text of a user')
  })

  test('is everything where words are not those of the tools', () => {
    const { kept, because } = filter(asking('Wie spät ist es gerade drüben bei euch?'), rules)
    expect(kept).toHaveLength(tools.length)
    expect(because).toContain('words')
  })

  test('is everything of more tools than can be read at once', () => {
    const many = Array.from({ length: 2_001 }, (_, place) =>
      aTool(`tool_${place}`, 'Books a room in a hotel.'),
    )
    const { dropped, because } = filter({ ...asking('Book me a hotel room'), tools: many }, rules)
    expect(dropped).toEqual([])
    expect(because).toContain('too many')
  })

  test('is everything of a very long conversation', () => {
    const turns = Array.from({ length: 65 }, () => 'How is the weather?')
    expect(filter(asking(...turns), rules).because).toContain('long')
    expect(filter(asking(...turns.slice(1)), rules).kept.length).toBeLessThan(tools.length)
  })
})

describe('what is never dropped', () => {
  const hotel = 'Book me a hotel room'

  test('tools that stand in the rules, by name or beginning', () => {
    const { kept } = filter(asking(hotel), { ...rules, always: ['run_*', 'set_alarm'] })
    expect(namesOf(kept)).toEqual(expect.arrayContaining(['run_tests', 'set_alarm', 'book_hotel']))
  })

  test('a tool that was called, one that must be called, one that instructions name', () => {
    const call: Message = {
      role: 'assistant',
      content: [{ kind: 'tool-call', id: '1', name: 'lock_door', argumentsText: '{}' }],
      name: null,
    }
    const system: Message = {
      role: 'system',
      content: [{ kind: 'text', text: 'Prefer find_recipe.' }],
      name: null,
    }
    const request = {
      ...asking(system, hotel, call),
      toolChoice: { kind: 'named', name: 'run_tests' } as const,
    }
    expect(namesOf(filter(request, rules).kept)).toEqual(
      expect.arrayContaining(['lock_door', 'find_recipe', 'run_tests']),
    )
  })

  test('a tool that was offered before, as long as it is on offer', () => {
    const { kept } = filter(asking(hotel), rules, new Set(['create_invoice', 'gone']))
    expect(namesOf(kept)).toContain('create_invoice')
  })

  test('a tool that marks where the vendor’s cache ends', () => {
    const marked = tools.map((tool, place): Tool => (place === 11 ? { ...tool, cache: { ttl: '5m' } } : tool))
    expect(namesOf(filter({ ...asking(hotel), tools: marked }, rules).kept)).toContain('run_tests')
  })
})

describe('a conversation', () => {
  const texts = fc.array(
    fc.constantFrom(
      'How will the weather be in Bern?',
      'Thanks!',
      'Send an e-mail to ana@example.org about it.',
      'Where is my parcel?',
      'Play something by Nina Simone',
      'ok',
      'Translate that into French, then lock the door.',
      'What can I cook with leeks?',
    ),
    { minLength: 1, maxLength: 8 },
  )

  test('that goes on loses no tool that it was offered', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const earlier = keptFor(...before)
        expect(keptFor(...before, assistant('Done.'), ...after)).toEqual(expect.arrayContaining(earlier))
      }),
    )
  })

  test('has the same tools in another process, whatever that one has seen', () => {
    fc.assert(
      fc.property(texts, (turns) => {
        expect(createToolFilter(null)(asking(...turns), rules)).toEqual(filter(asking(...turns), rules))
      }),
      { numRuns: 30 },
    )
  })

  test('has the same tools in every round of an agent’s work', () => {
    const round: readonly Message[] = [
      {
        role: 'assistant',
        content: [{ kind: 'tool-call', id: '1', name: 'track_parcel', argumentsText: '{}' }],
        name: null,
      },
      { role: 'tool', toolCallId: '1', content: [{ kind: 'text', text: 'The weather delayed it.' }] },
    ]
    expect(keptFor('Where is my parcel?', ...round)).toEqual(keptFor('Where is my parcel?'))
  })

  test('is offered what a new turn asks for', () => {
    const first = keptFor('How will the weather be in Bern?')
    expect(first).not.toContain('play_music')
    expect(keptFor('How will the weather be in Bern?', 'Play some songs')).toContain('play_music')
  })

  test('keeps its tools, and the vendor’s cache, where a turn asks for nothing new', () => {
    const first = keptFor('How will the weather be in Bern?')
    expect(keptFor('How will the weather be in Bern?', assistant('Sunny.'), 'Thank you')).toEqual(first)
    expect(keptFor('How will the weather be in Bern?', 'And the weather forecast for Basel?')).toEqual(first)
  })

  test('wants what the assistant has offered when the user agrees', () => {
    expect(keptFor('I miss home', assistant('Shall I play songs or an album?'), 'Yes, do')).toContain(
      'play_music',
    )
  })
})

test('instructions that come later change nothing that was offered', () => {
  const late: Message = { role: 'system', content: [{ kind: 'text', text: 'Songs and albums!' }], name: null }
  expect(keptFor('Tell me a city', late)).toEqual(keptFor('Tell me a city'))
})

test('instructions at the beginning say what an idle word is about', () => {
  const early: Message = { role: 'system', content: [{ kind: 'text', text: 'You play songs.' }], name: null }
  expect(keptFor(early, 'Hi')).toContain('play_music')
})

test('confidence is higher where words are plain', () => {
  const plain = filter(asking('How will the weather be in the city of Bern?'), rules).confidence
  const vague = filter(asking('Tell me a city'), rules).confidence
  expect(plain).toBeGreaterThan(vague)
  expect(plain).toBeLessThanOrEqual(1)
})
