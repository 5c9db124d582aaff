/** What a client makes of a stream of chat completion chunks. */
export type ReadChatStream = {
  readonly content: string
  readonly reasoning: string
  readonly toolArguments: readonly string[]
  readonly refusal: string
  /** Different values of the fields that all chunks of a stream share. */
  readonly ids: readonly string[]
  readonly models: readonly string[]
  readonly createds: readonly number[]
  /** How often a role was said. */
  readonly roles: number
  readonly finishes: readonly string[]
  readonly usages: readonly { readonly prompt_tokens: number; readonly completion_tokens: number }[]
  readonly error: { readonly message: string; readonly code: string } | null
  readonly endMarked: boolean
  readonly comments: readonly string[]
}

/** A program would take the answer for a whole one. */
export const looksComplete = ({ finishes, endMarked }: ReadChatStream): boolean =>
  finishes.length > 0 || endMarked

export function readChatStream(text: string): ReadChatStream {
  const blocks = text.split(/\n{2,}/).filter((block) => block !== '')
  const comments = blocks.filter((block) => block.startsWith(':')).map((block) => block.slice(2))
  const lines = blocks.filter((block) => block.startsWith('data: ')).map((block) => block.slice(6))
  const chunks = lines.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line))
  const choices = chunks.flatMap((chunk) => chunk.choices?.[0] ?? [])
  const deltas = choices.map((choice) => choice.delta ?? {})
  const said = (field: string): string => deltas.map((delta) => delta[field] ?? '').join('')
  const of = (field: string) => [...new Set(chunks.map((chunk) => chunk[field]).filter((value) => value))]
  return {
    content: said('content'),
    reasoning: said('reasoning_content'),
    refusal: said('refusal'),
    toolArguments: toolArgumentsIn(deltas),
    ids: of('id'),
    models: of('model'),
    createds: of('created'),
    roles: deltas.filter(({ role }) => role).length,
    finishes: choices.flatMap(({ finish_reason: finish }) => finish ?? []),
    usages: chunks.flatMap(({ usage }) => usage ?? []),
    error: chunks.find(({ error }) => error)?.error ?? null,
    endMarked: lines.at(-1) === '[DONE]',
    comments,
  }
}

type ToolDelta = { readonly index: number; readonly function?: { readonly arguments?: string } }

function toolArgumentsIn(deltas: readonly { readonly tool_calls?: readonly ToolDelta[] }[]): string[] {
  const calls: string[] = []
  for (const { index, function: called } of deltas.flatMap(({ tool_calls: list }) => list ?? []))
    calls[index] = (calls[index] ?? '') + (called?.arguments ?? '')
  return calls
}
