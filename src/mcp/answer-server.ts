/** What a server gets that asks its client for something: a model's answer, a form filled in, folders. */

import type { ClientCapabilities, CreateMessageRequest } from '@modelcontextprotocol/sdk/types.js'
import { methodNotFound, RpcError } from './asked.ts'
import type { McpHost } from './host.ts'
import type { Party, RequestId } from './party.ts'
import type { McpServerSettings } from './settings.ts'

export type ServerQuestion = {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

/** Whose call a question belongs to. */
export type Addressee = { readonly party: Party; readonly during: RequestId | null }

/** @throws RpcError, or what the client answered as an error */
export async function answerServer(
  question: ServerQuestion,
  settings: McpServerSettings,
  addressee: Addressee | null,
  host: McpHost,
): Promise<Record<string, unknown>> {
  switch (question.method) {
    case 'sampling/createMessage':
      return sample(question, settings, addressee, host)
    case 'elicitation/create':
      if (settings.elicitation === 'refuse')
        throw methodNotFound('Elicitation is turned off for this server.')
      return askClient('elicitation', question, settings, addressee)
    case 'roots/list':
      return roots(question, settings, addressee)
    default:
      throw methodNotFound(`${question.method.slice(0, 100)} is not supported.`)
  }
}

async function sample(
  question: ServerQuestion,
  settings: McpServerSettings,
  addressee: Addressee | null,
  { sample: ownModel }: McpHost,
): Promise<Record<string, unknown>> {
  if (settings.sampling === 'refuse') throw methodNotFound('Sampling is turned off for this server.')
  const clientCan = addressee?.party.capabilities().sampling !== undefined
  if (
    !clientCan &&
    addressee !== null &&
    settings.sampling === 'client-or-fairlead' &&
    ownModel !== undefined
  ) {
    const params = question.params as CreateMessageRequest['params']
    return { ...(await ownModel(params, addressee.party.caller(), question.signal).catch(unanswered)) }
  }
  return askClient('sampling', question, settings, addressee)
}

/** What is refused on purpose says why; of a bug a server learns nothing. */
function unanswered(error: unknown): never {
  throw error instanceof RpcError
    ? error
    : new RpcError(-32603, 'The gateway has no model that can answer now.')
}

async function roots(
  question: ServerQuestion,
  { roots, ...settings }: McpServerSettings,
  addressee: Addressee | null,
): Promise<Record<string, unknown>> {
  if (roots.kind === 'fixed') return { roots: roots.uris.map((uri) => ({ uri })) }
  if (roots.kind === 'none') return { roots: [] }
  return askClient('roots', question, { ...settings, roots }, addressee)
}

function askClient(
  ability: 'sampling' | 'elicitation' | 'roots',
  { method, params, signal }: ServerQuestion,
  { maxTimeoutMs }: McpServerSettings,
  addressee: Addressee | null,
): Promise<Record<string, unknown>> {
  if (addressee === null)
    throw methodNotFound(
      `${method} can't be put to one client: several share this connection. Set sharing to per-session for this server.`,
    )
  const { party, during } = addressee
  if (party.capabilities()[ability] === undefined)
    throw methodNotFound(`The client does not support ${ability}.`)
  return party.ask(method, params, { signal, timeoutMs: maxTimeoutMs, during })
}

/** What a server is told that its client can do. Whether this client can is seen when it asks. */
export function offeredCapabilities(
  { sampling, elicitation, roots }: McpServerSettings,
  client: ClientCapabilities | null,
  host: McpHost,
): ClientCapabilities {
  const ownModel = sampling === 'client-or-fairlead' && host.sample !== undefined
  const canSample = sampling !== 'refuse' && (client === null || client.sampling !== undefined || ownModel)
  const canElicit = elicitation === 'client' && (client === null || client.elicitation !== undefined)
  const hasRoots =
    roots.kind === 'fixed' || (roots.kind === 'client' && client !== null && client.roots !== undefined)
  return {
    ...(canSample && { sampling: client?.sampling ?? {} }),
    ...(canElicit && { elicitation: client?.elicitation ?? { form: {} } }),
    ...(hasRoots && { roots: { listChanged: roots.kind === 'client' } }),
  }
}
