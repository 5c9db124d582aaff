import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serverNamePattern } from './names.ts'
import { exposedResult, exposedUri, serverUri } from './uris.ts'

test('a URI goes to its server and back', () => {
  fc.assert(
    fc.property(fc.stringMatching(serverNamePattern), fc.string({ minLength: 1 }), (server, uri) => {
      expect(serverUri(exposedUri(server, uri))).toEqual({ server, uri })
    }),
  )
})

test('a URI stays one, and a template stays one', () => {
  expect(new URL(exposedUri('files', 'file:///a/b.txt')).protocol).toBe('files+file:')
  expect(exposedUri('every', 'demo://text/{id}')).toBe('every+demo://text/{id}')
})

test.each(['', 'file:///a', '+file:///a', 'files+'])('%j leads to no server', (uri) => {
  expect(serverUri(uri)).toBeNull()
})

test('whatever a result links to leads back to its server, and the rest stays as it is', () => {
  expect(
    exposedResult('files', {
      content: [
        { type: 'text', text: 'file:///a', uri: 1 },
        { type: 'resource_link', uri: 'file:///a', name: 'a', more: true },
        { type: 'resource', resource: { uri: 'file:///b', text: 'b' } },
        'garbage',
        null,
      ],
      isError: false,
    }),
  ).toEqual({
    content: [
      { type: 'text', text: 'file:///a', uri: 1 },
      { type: 'resource_link', uri: 'files+file:///a', name: 'a', more: true },
      { type: 'resource', resource: { uri: 'files+file:///b', text: 'b' } },
      'garbage',
      null,
    ],
    isError: false,
  })
  expect(
    exposedResult('files', {
      contents: [{ uri: 'file:///a', blob: 'AA==' }],
      messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'file:///c' } } }, 7],
    }),
  ).toEqual({
    contents: [{ uri: 'files+file:///a', blob: 'AA==' }],
    messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'files+file:///c' } } }, 7],
  })
})
