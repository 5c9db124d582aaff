/** The same agent through a whole gateway in this process: its vendor is a server that the simulated models stand behind. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { faultsText } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Answer } from '../../src/domain/answer.ts'
import { modelId } from '../../src/domain/model.ts'
import type { AssistantPart } from '../../src/domain/request.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { openGateway } from '../../src/gateway/open-gateway.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { act } from './brain.ts'
import { benchConfig, type Caches, tierOf, usageOf } from './contenders.ts'
import type { Ask } from './episode.ts'
import type { AgentTask } from './repository.ts'
import type { SkillProfile, Tier } from './skills.ts'

const format = wireFormat('openai-chat')

/** Whose request the vendor's server has before it: one task at a time. */
type Scene = { task: AgentTask; profile: SkillProfile; seed: string; caches: Caches }

export type AgentGateway = {
  /** Answers one task's steps by a policy of policies.yaml. */
  readonly askFor: (policy: string, task: AgentTask, profile: SkillProfile, seed: string) => Ask
  readonly close: () => Promise<void>
}

export async function openAgentGateway(): Promise<AgentGateway> {
  const scene: { current: Scene | null } = { current: null }
  const server = await vendorServer(scene)
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-agent-gateway-'))
  const gateway = await gatewayOver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, folder)
  return {
    askFor: (policy, task, profile, seed) => {
      const caches: Caches = new Map()
      return (body) => {
        scene.current = { task, profile, seed, caches }
        return asked(gateway, { ...body, model: policy, fairlead: { session: `${policy} ${task.id}` } })
      }
    },
    close: async () => {
      await gateway.close()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function asked(gateway: Gateway, body: object) {
  const text = JSON.stringify(body)
  const decoded = format.decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  const reply = await gateway.chat({ format, text, asked: decoded.value }, new AbortController().signal)
  if (reply.kind !== 'buffered')
    throw new Error(reply.kind === 'failed' ? reply.failure.message : 'it streams')
  const { model, usd } = reply.served!
  if (model === null || usd === null) throw new Error('nobody answered, or for an unknown price')
  return { parts: partsOf(JSON.parse(Buffer.from(reply.bytes).toString())), model, usd }
}

type ChatMessage = {
  readonly content?: string | null
  readonly tool_calls?: readonly {
    readonly id: string
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}

function partsOf({
  choices,
}: {
  choices: readonly { readonly message: ChatMessage }[]
}): readonly AssistantPart[] {
  const { content, tool_calls = [] } = choices[0]!.message
  return [
    ...(content ? [{ kind: 'text' as const, text: content }] : []),
    ...tool_calls.map(({ id, function: { name, arguments: argumentsText } }) => ({
      kind: 'tool-call' as const,
      id,
      name,
      argumentsText,
    })),
  ]
}

/** The simulated models' prices under a vendor that is asked over the network. */
async function gatewayOver(baseUrl: string, folder: string): Promise<Gateway> {
  const { models: known } = await benchConfig()
  const models = (['nano', 'mid', 'frontier'] as const).map((tier) => {
    const { prices, contextWindow, maxOutputTokens, capabilities } = known.find(
      ({ id }) => id === `simulated/${tier}`,
    )!
    return { id: `bench/${tier}`, prices, contextWindow, maxOutputTokens, capabilities: [...capabilities] }
  })
  const named = { planning: 'frontier', recovery: 'frontier', reasoning: 'mid', compaction: 'mid' }
  const steps = Object.fromEntries(
    ['intent', 'tool-selection', 'digestion', 'synthesis', 'side-call']
      .map((step): readonly [string, string] => [step, 'nano'])
      .concat(Object.entries(named))
      .map(([step, tier]) => [step, `bench/${tier}`]),
  )
  const config = {
    vendors: { bench: { baseUrl } },
    models,
    policies: {
      strongest: { strategy: 'fixed', model: 'bench/frontier' },
      named: { strategy: 'steps', steps, strong: 'bench/frontier' },
    },
  }
  const file = join(folder, 'fairlead.yaml')
  await writeFile(file, JSON.stringify(config))
  const surroundings = builtInSurroundings([], readEnvironment({}))
  const resolved = await loadConfig({ file, directory: folder, surroundings })
  if (resolved.kind === 'faulty') throw new Error(faultsText(file, resolved.faults))
  const store = await openSqliteStore({ path: join(folder, 'log.db') })
  return openGateway(resolved.config, { store, onLogProblem: (problem) => console.error(problem) })
}

function vendorServer(scene: { readonly current: Scene | null }): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const answer = answered(scene.current!, body)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

function answered({ task, profile, seed, caches }: Scene, body: Record<string, unknown>): object {
  const decoded = format.decodeRequest({ ...body })
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  const tier = String(body.model) as Tier
  const parts = act(decoded.value.request, { task, skills: profile.skills[tierOf(`bench/${tier}`)], seed })
  const id = modelId(`bench/${tier}`)
  const usage = usageOf(decoded.value.request, parts, id, false, caches)
  return completionOf(tier, parts, usage)
}

function completionOf(model: string, parts: readonly AssistantPart[], usage: Answer['usage']): object {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
  const calls = parts.filter((part) => part.kind === 'tool-call')
  return {
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
        message: {
          role: 'assistant',
          content: text === '' ? null : text,
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ id, name, argumentsText }) => ({
              id,
              type: 'function',
              function: { name, arguments: argumentsText },
            })),
          }),
        },
      },
    ],
    usage: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedReadTokens },
    },
  }
}
