import { lastUserText, type Request, type Tool } from '../domain/request.ts'

/** Tool names and parameters say what a request is about; beyond this many characters they only repeat themselves. */
const toolChars = 600

/** The text that the encoder reads: the last thing the user said, and the names of the tools on offer. */
export const routedText = (request: Request): string => withToolNames(lastUserText(request), request.tools)

function withToolNames(text: string, tools: readonly Tool[]): string {
  if (tools.length === 0) return text
  let names = ''
  for (const { name, parameters } of tools) {
    if (names.length > toolChars) break
    const properties = parameters?.properties
    const inputs =
      typeof properties === 'object' && properties !== null ? Object.keys(properties).join(' ') : ''
    names += `\ntool ${name} ${inputs}`
  }
  return text + names.slice(0, toolChars)
}
