import type { Answer, StreamPart, Usage } from '../../domain/answer.ts'
import { answerText } from '../../domain/answer.ts'
import type { Failure } from '../../domain/failure.ts'
import { encodeFinish } from '../openai-chat/finish.ts'
import { encodeUsage } from '../openai-chat/usage.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import type { ClientFormat, Envelope, StreamEncoder } from '../wire-format.ts'
import { decodeRequest } from './decode-request.ts'

const event = (json: string): string => `data: ${json}\n\n`

const headOf = ({ id, created, model }: Envelope) => ({
  id: `cmpl-${id}`,
  object: 'text_completion',
  created,
  model,
})

const choice = (text: string, finishReason: string | null) => ({
  text,
  index: 0,
  logprobs: null,
  finish_reason: finishReason,
})

const encodeAnswer = (answer: Answer, envelope: Envelope): unknown => ({
  ...headOf(envelope),
  choices: [choice(answerText(answer), encodeFinish(answer.finish))],
  usage: encodeUsage(answer.usage),
})

function encodeStream(envelope: Envelope, options: { readonly usage: boolean }): StreamEncoder {
  const head = headOf(envelope)
  const chunk = (text: string, finishReason: string | null) =>
    event(JSON.stringify({ ...head, choices: [choice(text, finishReason)] }))
  let usage: Usage | null = null
  return {
    part: (part: StreamPart) => {
      switch (part.kind) {
        case 'text-delta':
          return chunk(part.text, null)
        case 'finish':
          return chunk('', encodeFinish(part.finish))
        case 'usage':
          usage = part.usage
          return ''
        // There is no place for thoughts, tools and refusals in a text.
        default:
          return ''
      }
    },
    end: () => {
      const counted =
        options.usage && usage !== null ? { ...head, choices: [], usage: encodeUsage(usage) } : null
      return (counted === null ? '' : event(JSON.stringify(counted))) + event('[DONE]')
    },
  }
}

/** OpenAI's older Completions, for clients that know nothing else. No vendor is spoken to in it. */
export const openaiCompletions: ClientFormat = {
  name: 'openai-completions',
  decodeRequest,
  encodeAnswer,
  encodeStream,
  encodeFailure,
  encodeStreamFailure: (failure: Failure) => event(JSON.stringify(encodeFailure(failure).body)),
}
