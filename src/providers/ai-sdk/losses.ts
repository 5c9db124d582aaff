import type { Request } from '../../domain/request.ts'
import type { Loss } from '../../wire/wire-format.ts'

/** What a request in the format `openai-chat` says and the AI SDK's language models have no place for. */
export function lossesOf(request: Request): readonly Loss[] {
  const losses: Loss[] = []
  if (request.sampling.answers > 1) losses.push({ what: 'n', changesMeaning: true })
  if (request.topLogprobs !== null) losses.push({ what: 'logprobs', changesMeaning: true })
  if (request.parallelToolCalls !== null) losses.push({ what: 'parallel_tool_calls', changesMeaning: false })
  for (const field of Object.keys(request.extra))
    if (field !== 'stream_options') losses.push({ what: field, changesMeaning: meaningful.has(field) })
  return losses
}

/** Of the fields that Fairlead only hands on: tools that are no functions, a choice among them, and other kinds of answers. */
const meaningful: ReadonlySet<string> = new Set([
  'tools',
  'tool_choice',
  'modalities',
  'audio',
  'web_search_options',
])
