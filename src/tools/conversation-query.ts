import { type Message, type Request, textOf } from '../domain/request.ts'
import { endsOf, type QueryText } from './tool-query.ts'

/** What the turns before the last count beside it: `and in Paris?` is about what was asked before. */
const earlierWeights = [0.3, 0.15] as const
/** `Yes, do that` is about what the assistant has asked; what it has told is done. */
const questionWeight = 0.4
const questionChars = 600
/** Instructions say what the whole conversation is about. */
const instructionWeight = 0.15
const instructionChars = 2_000

/** The texts that tools were wanted for at each of the user's turns, oldest turn first; newest text of a turn first. */
export function turnQueries({ messages }: Request, mostTurns: number): readonly (readonly QueryText[])[] {
  const instructions = instructionsOf(messages)
  const queries: QueryText[][] = []
  const said: string[] = []
  let question = ''
  for (const message of messages) {
    if (message.role === 'assistant') question = questionOf(textOf(message))
    if (message.role !== 'user') continue
    const text = endsOf(textOf(message))
    if (text === '') continue
    if (queries.length === mostTurns) break
    queries.push(queryAt(text, said, question, instructions))
    said.unshift(text)
    said.length = Math.min(said.length, earlierWeights.length)
    question = ''
  }
  return queries
}

/** Those at the beginning: what is put in later must not change what was offered before. */
function instructionsOf(messages: readonly Message[]): string {
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const texts = messages.slice(0, first === -1 ? messages.length : first).map(textOf)
  return texts.join('\n').slice(0, instructionChars)
}

function questionOf(text: string): string {
  const end = text.slice(-questionChars)
  return end.includes('?') ? end : ''
}

function queryAt(text: string, said: readonly string[], question: string, instructions: string): QueryText[] {
  return [
    { text, weight: 1 },
    ...(question === '' ? [] : [{ text: question, weight: questionWeight }]),
    ...said.map((earlier, place) => ({ text: earlier, weight: earlierWeights[place]! })),
    ...(instructions === ''
      ? []
      : [{ text: instructions, weight: instructionWeight, background: true as const }]),
  ]
}

/** The user's turns that say something in words. */
export const userTurns = (messages: readonly Message[]): number =>
  messages.reduce((turns, message) => turns + (message.role === 'user' && textOf(message) !== '' ? 1 : 0), 0)
