import { lastUserText, type Request, textOf } from '../domain/request.ts'
import type { Structure } from '../domain/signals.ts'

export function structure(request: Request): Structure {
  const text = lastUserText(request)
  let promptChars = 0
  let images = 0
  let turns = 0
  for (const message of request.messages) {
    promptChars += textOf(message).length
    if (message.role === 'user') turns++
    for (const part of message.content) if (part.kind === 'image') images++
  }
  return {
    promptChars,
    lastUserChars: text.length,
    turns,
    codeShare: codeShare(text),
    tools: request.tools.length,
    images,
    jsonSchema: request.responseFormat.kind === 'json-schema',
  }
}

// Every request is read with it, so it must be linear: nothing repeats without a bound before what may not be found.
const codeLine =
  /^\s{4,}\S|^\s*(?:def |class |import |from \w+ import |function |const |let |var |return\b|public |private |#include|SELECT |if \(|for \(|while \(|\}|\{|<\/?\w+|@\w+|\/\/|#!)|[;{}]\s*$|=>|\w\([^()]*\)\s*[;{:]/

/** Share of the text, by characters, that stands in a code fence or on lines that look like code. */
export function codeShare(text: string): number {
  if (text.length === 0) return 0
  let code = 0
  let fenced = false
  // A very long text is judged by its beginning: the share is a rough signal.
  for (const line of text.slice(0, 8000).split('\n')) {
    if (line.trimStart().startsWith('```')) fenced = !fenced
    else if (fenced || codeLine.test(line)) code += line.length + 1
  }
  return Math.min(1, code / Math.min(text.length, 8000))
}
