import type { Answer } from '../../domain/answer.ts'
import type { Request } from '../../domain/request.ts'
import type { Envelope } from '../wire-format.ts'
import { encodeFinish } from './finish.ts'
import { encodeItem, outputOf } from './output.ts'
import { endedResponse, newResponse } from './response-object.ts'

export function encodeAnswer(answer: Answer, envelope: Envelope): unknown {
  const finish = encodeFinish(answer.finish)
  const items = outputOf(answer, envelope.id, freeformNames(envelope.request))
  const output = items.map((item, index) =>
    encodeItem(item, index === items.length - 1 ? finish.status : 'completed'),
  )
  return endedResponse(newResponse(envelope), output, finish, answer.usage)
}

/** The tools whose calls have a bare text as their input. */
export const freeformNames = (request: Request | undefined): ReadonlySet<string> =>
  new Set(request?.tools.filter(({ freeform }) => freeform).map(({ name }) => name))
