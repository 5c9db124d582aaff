/** Events as OpenAI writes them. */
import type { TokenLogprob } from '../../domain/answer.ts'
import { encodeTokens } from '../openai/logprobs.ts'

/** `fields` are members as JSON text, each with the comma before it. */
export const eventText = (type: string, sequence: number, fields: string): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence}${fields}}\n\n`

export const field = (name: string, value: unknown): string => `,"${name}":${JSON.stringify(value)}`

/** Where an event of an item belongs. `part` is the name of the index of a part, and the index. */
export const placeFields = (id: string, outputIndex: number, part?: readonly [string, number]): string =>
  `${field('item_id', id)},"output_index":${outputIndex}${part ? `,"${part[0]}":${part[1]}` : ''}`

export const logprobsField = (tokens: readonly TokenLogprob[]): string =>
  tokens.length === 0 ? ',"logprobs":[]' : field('logprobs', encodeTokens(tokens))
