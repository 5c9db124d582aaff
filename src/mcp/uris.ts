/**
 * URIs of resources of many servers in one list: `server+scheme:…`. Schemes may hold a `+`, so what comes out is a URI, and
 * a template that it begins expands as before. Names of servers hold none, so the first `+` ends them.
 */

export const exposedUri = (server: string, uri: string): string => `${server}+${uri}`

export type ServerUri = { readonly server: string; readonly uri: string }

/** `null`: no server can be meant. */
export function serverUri(exposed: string): ServerUri | null {
  const end = exposed.indexOf('+')
  if (end <= 0 || exposed.length === end + 1) return null
  return { server: exposed.slice(0, end), uri: exposed.slice(end + 1) }
}

type Loose = Readonly<Record<string, unknown>>

const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withUri = (server: string, value: Loose): Loose =>
  typeof value.uri === 'string' ? { ...value, uri: exposedUri(server, value.uri) } : value

/** A block of content as clients see it: links and embedded resources lead back to their server. */
export function exposedContent(server: string, block: unknown): unknown {
  if (!isLoose(block)) return block
  if (block.type === 'resource_link') return withUri(server, block)
  if (block.type === 'resource' && isLoose(block.resource))
    return { ...block, resource: withUri(server, block.resource) }
  return block
}

/** The result of a tool, a prompt or a read as clients see it. */
export function exposedResult(server: string, result: Loose): Loose {
  const { content, contents, messages } = result
  return {
    ...result,
    ...(Array.isArray(content) && { content: content.map((block) => exposedContent(server, block)) }),
    ...(Array.isArray(contents) && {
      contents: contents.map((part) => (isLoose(part) ? withUri(server, part) : part)),
    }),
    ...(Array.isArray(messages) && {
      messages: messages.map((message) =>
        isLoose(message) ? { ...message, content: exposedContent(server, message.content) } : message,
      ),
    }),
  }
}
