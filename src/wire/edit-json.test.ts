import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editTopLevel, scanObject, valueText } from './edit-json.ts'

describe('editing a JSON object', () => {
  it.each([
    ['replaces a value where it stands', '{ "a" : 1 , "b":2}', { set: { a: '9' } }, '{ "a" : 9 , "b":2}'],
    ['appends what is absent', '{"a":1 }', { set: { b: '2', c: '3' } }, '{"a":1,"b":2,"c":3 }'],
    ['appends to an empty object', ' { } ', { set: { b: '2', c: '3' } }, ' {"b":2,"c":3} '],
    ['removes the first', '{"a":1, "b":2}', { remove: ['a'] }, '{ "b":2}'],
    ['removes the last', '{"a":1, "b":2}', { remove: ['b'] }, '{"a":1}'],
    ['removes from the middle', '{"a":1,"b":[2,{}],"c":3}', { remove: ['b'] }, '{"a":1,"c":3}'],
    ['removes the only one', '{"a":1}', { remove: ['a'] }, '{}'],
    ['removes all and appends', '{"a":1,"b":2}', { remove: ['a', 'b'], set: { c: '3' } }, '{"c":3}'],
    ['does nothing about what is not there', '{"a":1}', { remove: ['x'] }, '{"a":1}'],
    ['leaves one of several', '{"a":1,"b":2,"a":3}', { set: { a: '9' } }, '{"b":2,"a":9}'],
    ['removes all of several', '{"a":1,"b":2,"a":3}', { remove: ['a'] }, '{"b":2}'],
    ['knows a key written with escapes', '{"\\u0061":1,"b":2}', { set: { a: '9' } }, '{"\\u0061":9,"b":2}'],
    [
      'keeps the spelling of numbers',
      '{"seed":12345678901234567890,"x":1e2}',
      { set: { y: '0' } },
      '{"seed":12345678901234567890,"x":1e2,"y":0}',
    ],
    [
      'is not misled by strings',
      '{"x":"\\"a\\":1,}{\\\\","a":1}',
      { remove: ['a'] },
      '{"x":"\\"a\\":1,}{\\\\"}',
    ],
    [
      'leaves nested keys alone',
      '{"x":{"a":1},"y":[{"a":2}]}',
      { remove: ['a'] },
      '{"x":{"a":1},"y":[{"a":2}]}',
    ],
    ['merges into an object', '{"o":{"k":1}}', { merge: { o: { u: 'true' } } }, '{"o":{"k":1,"u":true}}'],
    [
      'merges over a member',
      '{"o":{"u":false,"k":1}}',
      { merge: { o: { u: 'true' } } },
      '{"o":{"u":true,"k":1}}',
    ],
    ['merges into null', '{"o":null}', { merge: { o: { u: 'true' } } }, '{"o":{"u":true}}'],
    ['merges into nothing', '{}', { merge: { o: { u: 'true' } } }, '{"o":{"u":true}}'],
    [
      'merges into the last of several',
      '{"o":{"k":1},"o":{"k":2}}',
      { merge: { o: { u: '1' } } },
      '{"o":{"k":2,"u":1}}',
    ],
  ])('%s', (_, text, edits, expected) => {
    expect(editTopLevel(text, edits)).toBe(expected)
  })

  it('reads the last of several values, as JSON.parse does', () => {
    const object = scanObject('{"a":1,"a":[2, 3],"b":null}')
    expect(valueText(object, 'a')).toBe('[2, 3]')
    expect(valueText(object, 'b')).toBe('null')
    expect(valueText(object, 'c')).toBeNull()
  })

  it.each(['', '[]', '1', '{', '{"a"', '{"a":1', '{"a":"x', '{"a":[1', '{a:1}'])(
    'ends with an error on %j, which is no object',
    (text) => {
      expect(() => editTopLevel(text, {})).toThrow('not a JSON object')
    },
  )
})

describe('any object', () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'model', 'stream_options', '__proto__', 'é', '"', '\\'),
    fc.string({ unit: 'binary' }),
  )
  const space = fc.constantFrom('', ' ', '\n  ', '\t\r\n')
  const value = fc.jsonValue({ maxDepth: 3 })

  /** Members as a client may write them: white space anywhere, keys with escapes, keys repeated. */
  const member = fc.record({
    key,
    value,
    escaped: fc.boolean(),
    spaces: fc.tuple(space, space, space, space),
    indent: fc.nat(2),
  })
  const members = fc.array(member, { maxLength: 6 })
  type Member = typeof member extends fc.Arbitrary<infer T> ? T : never

  const escapes = (text: string) =>
    `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
  const written = ({ key: name, value: held, escaped, spaces, indent }: Member) =>
    `${spaces[0]}${escaped ? escapes(name) : JSON.stringify(name)}${spaces[1]}:${spaces[2]}${JSON.stringify(held, null, indent)}${spaces[3]}`
  const textOf = (list: readonly Member[]) => `{${list.map(written).join(',')}}`
  const mapOf = (text: string) => new Map(Object.entries(JSON.parse(text) as object))

  it('has the members it should have after an edit, and no others', () => {
    fc.assert(
      fc.property(members, fc.dictionary(key, value), fc.array(key), (list, set, remove) => {
        const text = textOf(list)
        const texts = Object.fromEntries(
          Object.entries(set).map(([name, held]) => [name, JSON.stringify(held)]),
        )
        const expected = mapOf(text)
        for (const [name, held] of Object.entries(texts)) expected.set(name, JSON.parse(held))
        for (const name of remove) expected.delete(name)
        expect(mapOf(editTopLevel(text, { set: texts, remove }))).toEqual(expected)
      }),
    )
  })

  it('keeps every byte of the members that are not edited, in their order', () => {
    fc.assert(
      fc.property(members, key, key, (list, set, removed) => {
        const kept = list.filter((one) => one.key !== set && one.key !== removed)
        const edited = editTopLevel(textOf(list), { set: { [set]: '0' }, remove: [removed] })
        let from = 0
        for (const one of kept) {
          const at = edited.indexOf(written(one).trim(), from)
          expect(at).toBeGreaterThanOrEqual(from)
          from = at + written(one).trim().length
        }
      }),
    )
  })

  it('comes back as it was where nothing is edited', () => {
    fc.assert(
      fc.property(members, (list) => {
        expect(editTopLevel(textOf(list), {})).toBe(textOf(list))
      }),
    )
  })

  it('has none of the old values of an edited key', () => {
    const text = '{"model":"secret-1","x":1,"mod\\u0065l":"secret-2","model":"secret-3"}'
    expect(editTopLevel(text, { set: { model: '"new"' } })).not.toContain('secret')
  })
})
