import type { Message, Request, Tool } from '../domain/request.ts'
import type { ToolCategory } from '../domain/signals.ts'

/** Characters of all messages from which it is the length of the conversation that makes calls hard. */
const longChars = 24_000
/** Characters of the user's text that are read. */
const readChars = 4_000
/** Words of a text shorter than this stand in any text. */
const fewestLetters = 4

/**
 * Which kind of tool call a request is likely to want, by what models are unlike each other in: some choose well and can't call
 * twice, some call where nothing is to be called. `null`: none can be called. Plain rules over words and shapes: no network.
 */
export function toolCategory(request: Request, text: string, promptChars: number): ToolCategory | null {
  const { tools, toolChoice, messages } = request
  if (tools.length === 0 || toolChoice?.kind === 'none') return null
  if (messages.some(isToolUse)) return 'multi-turn'
  const said = text.slice(0, readChars)
  if (toolChoice?.kind !== 'required' && toolChoice?.kind !== 'named' && !speaksOf(tools, said))
    return 'unneeded'
  if (promptChars > longChars) return 'long-context'
  const severalCalls = request.parallelToolCalls !== false && wantsSeveral(said)
  if (tools.length > 1 && toolChoice?.kind !== 'named') return severalCalls ? 'parallel-choice' : 'choice'
  if (severalCalls) return 'parallel'
  return tools.some(({ parameters }) => isNested(parameters)) ? 'nested' : 'single'
}

const isToolUse = (message: Message): boolean =>
  message.role === 'tool' ||
  (message.role === 'assistant' && message.content.some(({ kind }) => kind === 'tool-call'))

const word = /[\p{L}\p{M}]+/gu
/** Of many tools some speak of anything: only few can be beside the point. */
const mostToolsRead = 12

/**
 * Whether any word of the text begins like a word of a tool. A text of another script than the tools' is taken to, and so is one
 * that has a number or something in quotes: it gives what could be an argument.
 */
function speaksOf(tools: readonly Tool[], text: string): boolean {
  if (
    tools.length > mostToolsRead ||
    /[\d"'“‘`]/.test(text) ||
    /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(text)
  )
    return true
  const stems = new Set<string>()
  for (const { name, description, parameters } of tools) {
    const inputs = parameters?.properties
    const inputNames = typeof inputs === 'object' && inputs !== null ? Object.keys(inputs).join(' ') : ''
    for (const stem of stemsOf(`${name} ${(description ?? '').slice(0, 600)} ${inputNames}`)) stems.add(stem)
  }
  for (const stem of stemsOf(text)) if (stems.has(stem)) return true
  return false
}

function* stemsOf(text: string): Generator<string> {
  const apart = text
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .replaceAll('_', ' ')
    .toLowerCase()
  for (const [found] of apart.matchAll(word))
    if (found.length >= fewestLetters && !everywhere.has(found)) yield found.slice(0, 5)
}

const everywhere = new Set(
  'this that with from what when where which your have will would could should about into given than then them there their using used'.split(
    ' ',
  ),
)

// "Both", "each", "respectively", a second wish after a first, or a list of like things: `Paris, Rome and Oslo`, `5 and 7`. Every
// repetition is bounded or of one class of characters, so that any text is read in linear time.
const severalSigns: readonly RegExp[] = [
  /\b(?:both|respectively|each of|for each|every one of|separately|simultaneously|in addition|additionally|followed by|after that|afterwards|as well as|secondly|finally)\b/i,
  /[.?!;,]\s+(?:also|then|next|and then|and also|plus)\b/i,
  /\band (?:also |then |the )?(?:find|get|calculate|compute|convert|tell|show|give|check|book|send|search|list|create|play|what|how|who|where|when|determine|fetch|estimate|provide|another|one for|a second|in )\b/i,
  /\b(\p{Lu}[\p{L}.]{1,24})(?: \p{Lu}[\p{L}.]{0,24}){0,2}(?:, \p{Lu}[\p{L} .]{0,40})?,? and (?:the |in |for |of )?\p{Lu}\p{L}/u,
  /(["'“‘])[^"'”’\n]{1,60}["'”’],? and (?:the |for |of )?["'“‘]/,
  /\b\d[\d.,]{0,12}\s?[%\p{L}]{0,12},? and (?:then )?\$?\d/u,
  /\?[^?]{8,}\?/,
]

/** Signs that tell by themselves, and of which one is enough. */
const wantsSeveral = (text: string): boolean => severalSigns.some((sign) => sign.test(text))

/** An argument that is an object with fields of its own, or a list of such. */
function isNested(schema: Tool['parameters']): boolean {
  const properties = schema?.properties
  if (typeof properties !== 'object' || properties === null) return false
  return Object.values(properties as Readonly<Record<string, unknown>>).some((property) => {
    const { properties: own, items } = (property ?? {}) as {
      properties?: unknown
      items?: { properties?: unknown }
    }
    return own !== undefined || items?.properties !== undefined
  })
}
