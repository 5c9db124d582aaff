/** The MCP gateway over Fairlead's own: its keys, limits, records, models and choice of tools. */

import { LRUCache } from 'lru-cache'
import type { DecisionId } from '../domain/decision.ts'
import { statusOf } from '../domain/failure.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Identity } from '../governance/key-ring.ts'
import { type McpGateway, openMcp } from '../mcp/gateway.ts'
import type { McpAdmission, McpCaller, McpHost } from '../mcp/host.ts'
import type { McpSettings } from '../mcp/settings.ts'
import { secretOf } from './identity.ts'
import { gatewayTools } from './mcp-endpoint.ts'
import { gatewaySample } from './mcp-sampling.ts'

/** Callers whose keys are remembered between their messages; each message brings its key anew. */
const mostCallers = 10_000

const anyone: McpCaller = { id: 'anyone' }

export type McpReport = (problem: { readonly server: string; readonly message: string }) => void

export function openGatewayMcp(
  gateway: Gateway,
  settings: McpSettings,
  version: string,
  onProblem: McpReport,
): McpGateway {
  return openMcp(settings, hostOver(gateway, onProblem), { name: 'fairlead', version })
}

function hostOver(gateway: Gateway, onProblem: McpReport): McpHost {
  const { toolDesk } = gateway
  const identities = new LRUCache<string, Identity>({ max: mostCallers })
  const identityOf = ({ id }: McpCaller): Identity | null => identities.get(id) ?? null
  const admitted = async (identity: Identity | null): Promise<McpAdmission> => {
    const refused = await toolDesk.admit(identity)
    if (refused !== null) return { kind: 'refused', status: statusOf(refused), message: refused.message }
    if (identity === null) return { kind: 'admitted', caller: anyone }
    identities.set(identity.key.id, identity)
    return { kind: 'admitted', caller: { id: identity.key.id } }
  }
  return {
    authorize: async (headers) => {
      const found = await gateway.identify(secretOf(headers))
      return found !== null && 'kind' in found
        ? { kind: 'refused', status: statusOf(found), message: found.message }
        : admitted(found)
    },
    // A key that is no longer remembered may use nothing until its next message brings it back.
    mayUse: (caller, server, tool) =>
      caller.id === anyone.id
        ? toolDesk.mayUse(null, server, tool)
        : identities.has(caller.id) && toolDesk.mayUse(identityOf(caller), server, tool),
    record: ({ time, caller, server, item, outcome, latencyMs, ...rest }) =>
      toolDesk.record({
        time,
        actor: caller === anyone.id ? null : caller,
        server,
        tool: item,
        ok: outcome === 'ok',
        latencyMs,
        details: { ...rest, outcome },
      }),
    onProblem,
    sample: gatewaySample(gateway, identityOf),
    ownTools: gatewayTools(
      gateway,
      (id, caller) => gateway.explain(id as DecisionId, identityOf(caller)),
      identityOf,
    ),
    selectTools: (query, tools, limit) =>
      gateway
        .findTools(
          query,
          tools.map(({ name, description, inputSchema }) => ({
            name,
            description: description ?? null,
            parameters: inputSchema,
          })),
          limit,
        )
        .map(({ tool }) => tool.name),
  }
}
