/** What a strategy's prompt asks of a simulated model beyond answering. */

import { type Message, type Request, textOf } from '../../../domain/request.ts'
import { openings } from './openings.ts'

export type Section = { readonly name: string; readonly text: string }

export type Instruction =
  | { readonly kind: 'judge'; readonly prompt: string; readonly answers: readonly Section[] }
  | { readonly kind: 'rate'; readonly prompt: string }
  | { readonly kind: 'direct'; readonly prompt: string }
  | { readonly kind: 'review'; readonly material: Material }
  | { readonly kind: 'contribute'; readonly material: Material }

/** What others have said of the task before. */
export type Material = {
  readonly answers: readonly string[]
  readonly reviews: readonly string[]
  readonly stepByStep: boolean
}

/** `null`: a plain request. */
export function instructionOf({ messages }: Request): Instruction | null {
  for (const message of messages) {
    if (message.role !== 'system' && message.role !== 'developer') continue
    const text = textOf(message)
    if (text.startsWith(openings.team)) return teamPart(text)
    if (text.startsWith(openings.synthesis)) return { kind: 'contribute', material: materialOf(text) }
    if (text.startsWith(openings.judge)) return judging(messages)
    if (text.startsWith(openings.rater)) return { kind: 'rate', prompt: askedIn(messages) }
    if (text.startsWith(openings.router)) return { kind: 'direct', prompt: askedIn(messages) }
  }
  return null
}

function teamPart(text: string): Instruction {
  const material = materialOf(text)
  return /^Your part: review\.$/m.test(text) ? { kind: 'review', material } : { kind: 'contribute', material }
}

function materialOf(text: string): Material {
  const sections = sectionsOf(text)
  return {
    answers: sections.filter(({ name }) => /^(?:answer|solution) /.test(name)).map((one) => one.text),
    reviews: sections.filter(({ name }) => name.startsWith('review ')).map((one) => one.text),
    stepByStep: /\bstep by step\b/.test(text.split('[[begin ', 1)[0]!),
  }
}

const judging = (messages: readonly Message[]): Instruction => ({
  kind: 'judge',
  prompt: askedIn(messages),
  answers: sectionsOf(firstUserText(messages)).filter(({ name }) => name.startsWith('answer ')),
})

/** The last thing that the user says in the conversation that the prompt quotes. */
function askedIn(messages: readonly Message[]): string {
  const quoted = sectionsOf(firstUserText(messages)).find(({ name }) => name === 'request')?.text ?? ''
  const last = quoted.lastIndexOf('\n\nUser: ')
  return last >= 0 ? quoted.slice(last + '\n\nUser: '.length) : quoted.replace(/^User: /, '')
}

function firstUserText(messages: readonly Message[]): string {
  const message = messages.find(({ role }) => role === 'user')
  return message ? textOf(message) : ''
}

/** Longer prompts are read up to here: what a request costs a server must not grow without bound. */
const longestRead = 200_000

/** `[[begin NAME MARK]] … [[end NAME MARK]]` */
export function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = []
  const read = text.slice(0, longestRead)
  const begin = /\[\[begin ([\w ]{1,40}) ([0-9a-f]{8})\]\]\n/g
  for (let found = begin.exec(read); found !== null; found = begin.exec(read)) {
    const [, name, mark] = found
    const end = read.indexOf(`\n[[end ${name} ${mark}]]`, begin.lastIndex - 1)
    if (end < 0) continue
    sections.push({ name: name!, text: read.slice(begin.lastIndex, end) })
    begin.lastIndex = end
  }
  return sections
}
