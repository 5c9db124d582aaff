import type { Capability } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { Rule } from './rule.ts'

/** The model can do what the request holds: tools, pictures, files, sound, a schema, logprobs. */
export const capabilities: Rule = {
  name: 'capabilities',
  refuse: ({ model }, { request }) => {
    const missing = neededBy(request).filter((capability) => !model.capabilities.has(capability))
    return missing.length === 0 ? null : `it does not do ${missing.join(', ')}`
  },
}

function neededBy(request: Request): readonly Capability[] {
  const needed: Capability[] = []
  if (request.tools.length > 0) needed.push('tools')
  if (request.responseFormat.kind === 'json-schema') needed.push('json-schema')
  if (request.topLogprobs !== null) needed.push('logprobs')
  for (const [kind, capability] of partCapabilities) {
    if (request.messages.some(({ content }) => content.some((part) => part.kind === kind)))
      needed.push(capability)
  }
  return needed
}

const partCapabilities = [
  ['image', 'images'],
  ['file', 'files'],
  ['audio', 'audio'],
] as const
