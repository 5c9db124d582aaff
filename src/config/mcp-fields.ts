import { z } from 'zod'
import { mcpDefaults, mcpServerDefaults } from '../mcp/settings.ts'

const text = z.string().min(1)
const whole = z.number().int().positive()
const milliseconds = z.number().int().positive()

const oauthSchema = z
  .strictObject({
    clientId: text.describe('As the authorization server knows this gateway.'),
    clientSecret: text.optional().describe(`Better not written here: env:NAME or \${NAME}.`),
    issuer: text.describe('URL of the authorization server. These credentials go to no other.'),
    scope: text.optional(),
    refreshToken: text.optional().describe(`Used in place of client credentials; env:NAME or \${NAME}.`),
  })
  .describe('For servers that are protected by OAuth.')

const breakerSchema = z
  .strictObject({
    allowedFails: z.number().int().min(0).default(mcpServerDefaults.breaker.allowedFails),
    cooldownMs: milliseconds.default(mcpServerDefaults.breaker.cooldownMs),
    maxCooldownMs: milliseconds.default(mcpServerDefaults.breaker.maxCooldownMs),
  })
  .describe('When a server that fails is left alone, and for how long.')

export const mcpServerSchema = z
  .strictObject({
    command: text
      .optional()
      .describe(
        'A program that speaks MCP on its standard input and output. Runs as the user that runs Fairlead.',
      ),
    args: z.array(z.string()).optional().describe(`Its arguments; each may hold \${NAME}.`),
    env: z
      .record(text, z.string())
      .optional()
      .describe(`Its environment beside HOME, PATH and the like; values may be env:NAME or hold \${NAME}.`),
    cwd: text.optional().describe('The folder that it runs in.'),
    url: text.optional().describe('The endpoint of a server over HTTP, such as https://mcp.example.com/mcp.'),
    headers: z
      .record(text, z.string())
      .optional()
      .describe(`Sent with every request to it; values may hold \${NAME}.`),
    oauth: oauthSchema.optional(),
    transport: z
      .enum(['streamable', 'sse'])
      .optional()
      .describe('sse: the older transport over server-sent events.'),
    sharing: z
      .enum(['shared', 'per-session'])
      .optional()
      .describe(
        'One connection for all sessions, which is the default of programs, or one for each session that calls it, which is that of servers over HTTP.',
      ),
    maxConnections: whole.optional().describe('Connections for sessions of their own at one time.'),
    connectTimeoutMs: milliseconds.default(mcpServerDefaults.connectTimeoutMs),
    timeoutMs: milliseconds
      .default(mcpServerDefaults.timeoutMs)
      .describe('From a call, or its last sign of progress, to its result.'),
    maxTimeoutMs: milliseconds
      .default(mcpServerDefaults.maxTimeoutMs)
      .describe('From a call to its result, however much progress it reports.'),
    maxResultBytes: whole
      .default(mcpServerDefaults.maxResultBytes)
      .describe('Longer texts are cut with a note; other results that are larger are refused.'),
    maxMessageBytes: whole
      .default(mcpServerDefaults.maxMessageBytes)
      .describe('A server that sends a larger message is disconnected.'),
    breaker: breakerSchema.optional(),
    sampling: z
      .enum(['client', 'client-or-fairlead', 'refuse'])
      .default(mcpServerDefaults.sampling)
      .describe('Who answers when the server asks for the answer of a model.'),
    elicitation: z
      .enum(['client', 'refuse'])
      .default(mcpServerDefaults.elicitation)
      .describe("Whether the server may ask the client's user something."),
    roots: z
      .union([z.enum(['none', 'client']), z.array(text).min(1)])
      .default('none')
      .describe(
        'Folders that the server hears of, as file: URIs. `client`: those that clients name. Some servers open whatever they hear of.',
      ),
  })
  .describe('An MCP server: a command or a url.')
export type McpServerEntry = z.output<typeof mcpServerSchema>

export const mcpSchema = z
  .strictObject({
    servers: z
      .record(text, mcpServerSchema)
      .default({})
      .describe('By name, which begins the names of their tools.'),
    sessions: z
      .strictObject({
        max: whole.default(mcpDefaults.sessions.max).describe('Open at one time.'),
        idleMs: milliseconds
          .default(mcpDefaults.sessions.idleMs)
          .describe('Without a request or an open stream; then a session ends.'),
        maxCalls: whole.default(mcpDefaults.sessions.maxCalls).describe('Calls of one session at one time.'),
      })
      .optional(),
    maxRequestBytes: whole.default(mcpDefaults.maxRequestBytes),
    allowedHosts: z
      .array(text)
      .default([])
      .describe('Host names of this gateway beside those of this machine, where it listens on loopback.'),
    allowedOrigins: z
      .array(text)
      .default([])
      .describe('Origins of web pages that may use it, such as https://app.example.com.'),
    toolSelection: z
      .discriminatedUnion('mode', [
        z.strictObject({ mode: z.literal('all') }),
        z.strictObject({
          mode: z.literal('find'),
          keep: z
            .array(text)
            .default([])
            .describe('Tools that are listed all the same; name__* for a whole server.'),
          limit: z.number().int().min(1).max(50).default(10).describe('How many tools a search finds.'),
        }),
      ])
      .optional()
      .describe('all: clients see every tool. find: a few, and one that finds the others.'),
    audit: z
      .strictObject({
        arguments: z.boolean().default(false).describe('Write the arguments of calls into the audit rows.'),
      })
      .optional(),
  })
  .describe('The MCP gateway at /mcp.')
export type McpEntry = z.output<typeof mcpSchema>
