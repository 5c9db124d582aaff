import { type Draw, pick } from '../../domain/random.ts'

/**
 * Changes of a prompt that ask the same thing, for training: what should not matter to the router varies, so that it learns
 * not to heed it. src/learning/evaluation/perturb.ts has the changes that stability is measured by. They are worded
 * otherwise, and half of those are of kinds that do not occur here at all, so that the measure is not of what was rehearsed.
 */
const openers: readonly string[] = [
  'Hello, ',
  'Hi there! ',
  'Hey, quick one: ',
  'Good morning. ',
  'Could you help me with this? ',
  'Can you tell me: ',
  'I have a question. ',
  'I need some help with the following.\n\n',
  'Question: ',
  'Here is my question: ',
  'Answer the following question:\n',
  'Respond to this: ',
  'Solve this for me: ',
  'Please help. ',
  'I was wondering, ',
  'You are a helpful assistant. ',
  'Hallo, eine Frage: ',
  'Bonjour, ',
  'Hola, ',
]

const closers: readonly string[] = [
  ' Thank you in advance.',
  ' Thank you!',
  ' Cheers.',
  ' Many thanks',
  '\n\nThank you very much for your help.',
  ' Please.',
  ' Any help is appreciated.',
  ' Danke.',
  ' Merci !',
  ' Gracias.',
]

/** Each of these has its chance by itself, so that several may meet in one text, as they do in a message typed in haste. */
const chances = { opener: 0.35, closer: 0.25, lowerCase: 0.15, slips: 0.4, marks: 0.15 }

const slipShare = 1 / 12

export function reword(text: string, draw: Draw): string {
  let changed = text
  if (draw() < chances.slips) changed = withSlips(changed, draw)
  if (draw() < chances.lowerCase) changed = changed.toLowerCase()
  if (draw() < chances.marks)
    changed = changed.replace(/[,.!?](?=\s|$)/g, (mark) => (draw() < 0.5 ? '' : mark))
  if (draw() < chances.opener) changed = pick(draw, openers) + changed
  if (draw() < chances.closer) changed += pick(draw, closers)
  return changed
}

/** One word in twelve lacks a letter or has it twice. */
function withSlips(text: string, draw: Draw): string {
  return text.replace(/\p{L}{4,}/gu, (word) => {
    if (draw() >= slipShare) return word
    const at = 1 + Math.floor(draw() * (word.length - 2))
    return word.slice(0, at) + (draw() < 0.5 ? '' : word[at]! + word[at]!) + word.slice(at + 1)
  })
}
