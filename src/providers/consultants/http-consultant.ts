import { Pool } from 'undici'
import { type Failure, type FailureKind, failure } from '../../domain/failure.ts'
import type { Secret } from '../../domain/secret.ts'
import { bodyFailure, sendFailure } from '../network-failure.ts'
import type { AskOne } from './consultant.ts'
import { questionOf } from './question.ts'
import { readOpinion } from './read-opinion.ts'

type HttpSettings = {
  readonly name: string
  readonly url: Secret
  readonly headers: Readonly<Record<string, Secret>>
  readonly timeoutMs: number
  readonly maxConcurrent: number
}

/** An opinion is a few numbers; who sends more than this sends something else. */
const maxReplyBytes = 1_000_000

/** A header as short as this is no secret, and its letters may stand in any text. */
const shortestSecret = 6

/** Posts questions as JSON. The caller's signal bounds how long it takes. */
export function httpConsultant(settings: HttpSettings): {
  readonly ask: AskOne
  readonly close: () => Promise<void>
} {
  const { name, headers, timeoutMs, maxConcurrent } = settings
  const { origin, pathname, search, hostname } = new URL(settings.url.reveal())
  const pool = new Pool(origin, { connections: maxConcurrent, connect: { timeout: timeoutMs } })
  const sent = { 'content-type': 'application/json', accept: 'application/json', ...revealed(headers) }
  const secrets = Object.values(revealed(headers)).filter((value) => value.length >= shortestSecret)
  const peer = {
    // Of the address no more is told than where it is: path and query may hold a key.
    baseUrl: origin,
    vendor: {
      name: `consultants.${name}`,
      title: `the consultant ${name}`,
      local: /^(localhost|127\.|\[::1\])/.test(hostname),
    },
  }
  const failed = (problem: Failure) => ({ kind: 'failed', failure: problem }) as const
  return {
    ask: async (question, signal) => {
      const body = JSON.stringify(questionOf(question))
      const path = `${pathname}${search}`
      let reply: Awaited<ReturnType<Pool['request']>>
      try {
        reply = await pool.request({ method: 'POST', path, headers: sent, body, signal })
      } catch (error) {
        return failed(sendFailure(error, peer))
      }
      try {
        if (reply.statusCode < 200 || reply.statusCode > 299) {
          // A body that nobody reads raises its own error as it is thrown away.
          reply.body.on('error', () => {}).destroy()
          return failed(refused(name, reply.statusCode))
        }
        const text = await textWithin(reply.body, maxReplyBytes)
        return text === null ? failed(tooLarge(name)) : readOpinion(parsed(text), name, secrets)
      } catch (error) {
        return failed(bodyFailure(error, peer))
      }
    },
    close: () => pool.destroy(),
  }
}

const revealed = (headers: HttpSettings['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))

/** The whole text, or null where it is longer than `maxBytes`; the rest of it is not waited for. */
async function textWithin(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Not JSON: `readOpinion` says that it is no object. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const kindsByStatus: Readonly<Record<number, FailureKind>> = {
  401: 'credential',
  403: 'credential',
  408: 'timed-out',
  429: 'rate-limited',
  503: 'overloaded',
  504: 'timed-out',
}

/** Its body may quote what it was sent, keys included: only the status is told. */
function refused(name: string, status: number): Failure {
  const kind = kindsByStatus[status] ?? (status >= 500 ? 'unavailable' : 'unreadable')
  const remedy =
    status >= 300 && status < 400
      ? 'Write the URL that it points to.'
      : kind === 'credential'
        ? 'Check its headers.'
        : 'Its own log says why.'
  return failure(kind, `The consultant ${name} answered with status ${status}. ${remedy}`, {
    vendorStatus: status,
  })
}

const tooLarge = (name: string): Failure =>
  failure(
    'unreadable',
    `The consultant ${name} answered with more than ${maxReplyBytes} bytes. Check its url, and let it answer as docs/consultants.md says.`,
  )
