/** Labelled examples for `fairlead adapt`: JSON lines of `{"prompt" | "messages", "answer"}`. */

import { readFile } from 'node:fs/promises'
import { systemHash } from '../adaptation/rules.ts'
import { plainRequest, type Request } from '../domain/request.ts'
import type { Example } from '../learning/adaptation/example.ts'
import { leastExamples } from '../learning/adaptation/split.ts'
import { wireFormat } from '../wire/index.ts'
import { UserError } from './command.ts'

/** More take no part in memory or in money that a search could use. */
const mostExamples = 20_000
const mostFaultsShown = 5

/** @throws UserError with the lines at fault */
export async function readExamples(path: string): Promise<readonly Example[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  const examples: Example[] = []
  const faults: string[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const read = exampleOf(line, String(index + 1))
    if (typeof read === 'string') faults.push(`${path}:${index + 1} ${read}`)
    else examples.push(read)
  }
  if (faults.length > 0) {
    const more = faults.length > mostFaultsShown ? [`and ${faults.length - mostFaultsShown} more.`] : []
    throw new UserError([...faults.slice(0, mostFaultsShown), ...more].join('\n'))
  }
  if (examples.length < leastExamples)
    throw new UserError(
      `${path} has ${examples.length} examples. ${leastExamples} are needed, and a few hundred tell smaller gains from luck: a quarter of them is held out.`,
    )
  if (examples.length > mostExamples)
    throw new UserError(
      `${path} has ${examples.length} examples. ${mostExamples} are the most that are read; a few hundred will do.`,
    )
  return examples
}

/** What is wrong with it, in words, where it is none. */
function exampleOf(line: string, id: string): Example | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'is no valid JSON. Write one object a line.'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'is no object. Write {"prompt": "…", "answer": "…"}.'
  const { prompt, messages, answer, answers } = value as Record<string, unknown>
  const request = requestOf(prompt, messages)
  if (typeof request === 'string') return request
  const right = answers === undefined ? [answer] : answers
  if (!Array.isArray(right) || right.length === 0 || right.some((one) => one === undefined || one === null))
    return 'has no answer. Write what is right under "answer", or a list of what is right under "answers".'
  return { id, request, answers: right }
}

function requestOf(prompt: unknown, messages: unknown): Request | string {
  if ((prompt === undefined) === (messages === undefined))
    return 'needs one of "prompt", a text, and "messages", a conversation as in chat completions.'
  if (prompt !== undefined)
    return typeof prompt === 'string' && prompt.trim() !== ''
      ? plainRequest(prompt)
      : 'has a prompt that is no text. Write "prompt": "…".'
  const decoded = wireFormat('openai-chat').decodeRequest({ model: 'any', messages })
  return decoded.kind === 'failed' ? decoded.failure.message : decoded.value.request
}

/** The one system prompt, or lack of one, that all examples have; `null`: they have several. */
export function commonSystemHash(examples: readonly Example[]): string | null {
  const hashes = new Set(examples.map(({ request }) => systemHash(request)))
  const [first] = hashes
  return hashes.size === 1 && first !== undefined ? first : null
}
