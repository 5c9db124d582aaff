import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exposedName, maxNameLength, serverNamePattern, serverOf } from './names.ts'

const serverName = fc.stringMatching(serverNamePattern)
const toolName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 90 }),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,70}$/),
  fc.stringMatching(/^[a-z]{1,9}_[0-9a-f]{10}$/),
)

describe('exposed names', () => {
  test('are the server and the tool where that fits', () => {
    expect(exposedName('files', 'read_file')).toBe('files__read_file')
    expect(exposedName('files', '_private')).toBe('files___private')
  })

  test('are cut and hashed where they do not', () => {
    expect(exposedName('files', 'read/file')).toMatch(/^files__read-file_[0-9a-f]{10}$/)
    const long = exposedName('files', 'x'.repeat(80))
    expect(long).toMatch(/^files__x+_[0-9a-f]{10}$/)
    expect(long).toHaveLength(maxNameLength)
  })

  test('that look hashed are hashed once more, so that they are nobody else’s', () => {
    const cut = exposedName('files', 'read/file')
    expect(exposedName('files', cut.slice('files__'.length))).not.toBe(cut)
  })

  test('fit every client, tell their server, and differ wherever server or tool do', () => {
    fc.assert(
      fc.property(serverName, toolName, serverName, toolName, (server, tool, otherServer, otherTool) => {
        const exposed = exposedName(server, tool)
        expect(exposed).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
        expect(serverOf(exposed)).toBe(server)
        expect(exposedName(server, tool)).toBe(exposed)
        if (server !== otherServer || tool !== otherTool)
          expect(exposedName(otherServer, otherTool)).not.toBe(exposed)
      }),
    )
  })
})

test.each(['', 'tool', '__tool', '_'])('%j belongs to no server', (name) => {
  expect(serverOf(name)).toBeNull()
})
