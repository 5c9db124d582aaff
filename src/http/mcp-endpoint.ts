import type { FastifyInstance } from 'fastify'
import type { Decision } from '../domain/decision.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { McpGateway } from '../mcp/gateway.ts'
import type { McpCaller, OwnTool } from '../mcp/host.ts'
import { createOwnTools } from '../mcp/own-tools.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'

export const mcpPath = '/mcp'

/** Many MCP servers as one. What comes in is bytes; the MCP gateway answers all of it, refusals and bugs included. */
export function addMcp(app: FastifyInstance, mcp: McpGateway, onError: (error: unknown) => void): void {
  app.route({
    method: ['GET', 'POST', 'DELETE', 'OPTIONS'],
    url: mcpPath,
    handler: async ({ raw: request, body }, reply) => {
      // From here on the answer is written by hand.
      reply.hijack()
      const bytes = body instanceof Uint8Array ? body : null
      await mcp.handle({ request, response: reply.raw, body: bytes }).catch(onError)
    },
  })
}

/** Where a decision is found by its id; `null`: there is none, or none that this caller may see. */
export type FindDecision = (id: string, caller: McpCaller) => Promise<object | null>

/** Fairlead's own tools over a gateway: they decide and tell, and call no model. */
export const gatewayTools = (
  gateway: Gateway,
  find: FindDecision,
  identityOf: (caller: McpCaller) => Identity | null = () => null,
): readonly OwnTool[] =>
  createOwnTools({
    decide: async (prompt, policy, caller) => {
      const decoded = openaiChat.decodeRequest({
        model: policy,
        messages: [{ role: 'user', content: prompt }],
      })
      if (decoded.kind === 'failed') return { kind: 'failed', message: decoded.failure.message }
      const text = (await gateway.readText?.(decoded.value)) ?? null
      const routed = gateway.route(decoded.value, text, identityOf(caller))
      return routed.kind === 'failed'
        ? { kind: 'failed', message: routed.failure.message }
        : { kind: 'decided', decision: toldOf(routed.decision) }
    },
    models: () => ({
      policies: gateway.policies.map(({ name, strategy }) => ({ name, strategy })),
      models: gateway.models.map(({ id, vendor, prices, contextWindow, capabilities, simulated }) => ({
        id,
        vendor,
        usdPerMillionTokens: prices,
        contextWindow,
        capabilities: [...capabilities].sort(),
        simulated,
      })),
    }),
    decision: async (id, caller) => plain(await find(id, caller)),
  })

/** What a model that asks wants to know of a decision: not how it was reached in every detail. */
function toldOf({ policy, chosen, because, signals, candidates, refused }: Decision) {
  return plain({ policy, chosen, because, signals, candidates, refused }) ?? {}
}

/** As JSON has it. */
const plain = (value: object | null): Readonly<Record<string, unknown>> | null =>
  value === null ? null : (JSON.parse(JSON.stringify(value)) as Readonly<Record<string, unknown>>)
