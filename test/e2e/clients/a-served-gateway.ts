import { atOnce } from '../../support/a-gateway.ts'
import { serve } from '../../support/a-process.ts'

/** The built gateway in a process of its own, with simulated models that solve these. */
export const aServedGateway = (config: object = atOnce, variables: Readonly<Record<string, string>> = {}) =>
  serve({ config, variables })

export const sumPrompt = 'What is 17 * 23?'
export const sumAnswer = '391'
/** Simulated models call a tool for what stands in quotes. */
export const weatherPrompt = 'What is the weather in "Paris"?'

export const cityParameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
