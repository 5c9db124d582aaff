/** Sessions over HTTP: so many at one time, each of one caller, gone when nobody has used them for a while. */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Conversation } from './conversation.ts'
import type { McpCaller } from './host.ts'
import { createHttpTransport } from './http-transport.ts'
import type { McpSettings } from './settings.ts'

export type OpenConversation = (options: {
  readonly id: string
  readonly lasting: boolean
  readonly caller: () => McpCaller
  readonly isBehind: () => boolean
}) => Conversation

export type HttpSession = {
  readonly id: string
  readonly conversation: Conversation
  /** Answers a request of the caller, whose rights may have changed since the last one. */
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    message: unknown,
    caller: McpCaller,
  ) => void
  readonly endStream: () => void
}

/** A session as those see it who look. */
export type OpenSession = {
  /** The beginning of its id: with the whole of it a client without a key could go on with the session. */
  readonly id: string
  /** A key, or `anyone`. */
  readonly caller: string
  readonly ageMs: number
  /** Since it was last used; `null`: it is in use. */
  readonly quietMs: number | null
  readonly callsUnderWay: number
}

/** Of the 36 characters of an id. */
const shownIdChars = 8

export type HttpSessions = {
  readonly find: (id: string, caller: McpCaller) => HttpSession | null
  /** `null`: there is no room for another. */
  readonly begin: (caller: McpCaller) => Promise<HttpSession | null>
  /** Answers one request that has no session. `false`: too many are under way. */
  readonly once: (
    request: IncomingMessage,
    response: ServerResponse,
    message: unknown,
    caller: McpCaller,
  ) => Promise<boolean>
  readonly count: () => number
  /** Those that have been open longest first, `most` of them. */
  readonly oldest: (most: number) => readonly OpenSession[]
  readonly endStreams: () => void
  readonly close: () => Promise<void>
}

/** Beside calls: the stream that listens, notifications, answers to what servers ask. */
const spareRequests = 16

/** Where all places are taken, who has been quiet for so long gives way to who comes. */
const quietMs = 60_000

type Member = HttpSession & {
  readonly caller: () => McpCaller
  readonly begunAt: number
  readonly quietSince: () => number | null
}

function openSession({ id, caller, begunAt, quietSince, conversation }: Member): OpenSession {
  const now = performance.now()
  const since = quietSince()
  return {
    id: id.slice(0, shownIdChars),
    caller: caller().id,
    ageMs: now - begunAt,
    quietMs: since === null ? null : now - since,
    callsUnderWay: conversation.callsUnderWay(),
  }
}

export function createHttpSessions(
  { sessions: { max, idleMs, maxCalls } }: McpSettings,
  openConversation: OpenConversation,
): HttpSessions {
  const members = new Map<string, Member>()
  /** Requests without a session that are under way. */
  let alone = 0
  const end = (member: Member) => {
    members.delete(member.id)
    return member.conversation.close()
  }
  const endQuiet = (forMs: number, atMost: number) => {
    const before = performance.now() - forMs
    const quiet = [...members.values()]
      .map((member) => ({ member, since: member.quietSince() }))
      .filter(
        (each): each is { member: Member; since: number } => each.since !== null && each.since <= before,
      )
      .sort((a, b) => a.since - b.since)
    for (const { member } of quiet.slice(0, atMost)) void end(member)
  }
  const sweep = setInterval(() => endQuiet(idleMs, members.size), Math.min(idleMs / 4, 60_000))
  sweep.unref()
  return {
    find: (id, caller) => {
      const member = members.get(id)
      return member !== undefined && member.caller().id === caller.id ? member : null
    },
    begin: async (caller) => {
      // A tenth at once, or a busy gateway would look for the quietest at every request.
      if (members.size >= max) endQuiet(quietMs, Math.ceil(max / 10))
      if (members.size >= max) return null
      const member = await beginSession(caller, maxCalls + spareRequests, openConversation, (id) =>
        members.delete(id),
      )
      members.set(member.id, member)
      return member
    },
    once: async (request, response, message, caller) => {
      if (alone >= max) return false
      alone++
      response.once('close', () => alone--)
      await answerOnce(request, response, message, caller, openConversation)
      return true
    },
    count: () => members.size,
    oldest: (most) => {
      const found: OpenSession[] = []
      for (const member of members.values()) {
        if (found.length === most) break
        found.push(openSession(member))
      }
      return found
    },
    endStreams: () => {
      for (const member of members.values()) member.endStream()
    },
    close: async () => {
      clearInterval(sweep)
      await Promise.all([...members.values()].map(end))
    },
  }
}

async function beginSession(
  first: McpCaller,
  maxOpenRequests: number,
  openConversation: OpenConversation,
  onEnd: (id: string) => void,
): Promise<Member> {
  const id = randomUUID()
  let caller = first
  const begunAt = performance.now()
  let lastUsedAt = begunAt
  const transport = createHttpTransport({ sessionId: id, maxOpenRequests })
  const conversation = openConversation({
    id,
    lasting: true,
    caller: () => caller,
    isBehind: transport.isBehind,
  })
  transport.onclose = () => onEnd(id)
  await conversation.connect(transport)
  return {
    id,
    conversation,
    caller: () => caller,
    begunAt,
    quietSince: () => (transport.openRequests() > 0 || conversation.callsUnderWay() > 0 ? null : lastUsedAt),
    endStream: transport.endStream,
    handle: (request, response, message, current) => {
      caller = current
      lastUsedAt = performance.now()
      response.once('close', () => {
        lastUsedAt = performance.now()
      })
      transport.handle(request, response, message)
      // An introduction that was refused begins nothing.
      if (!transport.hasBegun()) void conversation.close()
    },
  }
}

async function answerOnce(
  request: IncomingMessage,
  response: ServerResponse,
  message: unknown,
  caller: McpCaller,
  openConversation: OpenConversation,
): Promise<void> {
  const transport = createHttpTransport({ sessionId: null, maxOpenRequests: 1 })
  const conversation = openConversation({
    id: randomUUID(),
    lasting: false,
    caller: () => caller,
    isBehind: transport.isBehind,
  })
  await conversation.connect(transport)
  // Nobody can ask for the answer again, so with the client goes the call.
  response.once('close', () => void conversation.close())
  transport.handle(request, response, message)
}
