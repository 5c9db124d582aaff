import { lastUserText, type Request } from '../domain/request.ts'
import type { Reading } from '../domain/signals.ts'
import { inputTokens } from './input-tokens.ts'
import { language } from './language.ts'
import type { LearnedSignals } from './learned.ts'
import { routedText } from './routed-text.ts'
import { structure } from './structure.ts'
import { taskType } from './task-type.ts'

/** All signals of a request. The same code reads requests when serving, when evaluating and when training. */
export function readSignals(request: Request, learned: LearnedSignals): Reading {
  const text = lastUserText(request)
  const shape = structure(request)
  const encoding = learned.encode(routedText(request))
  return {
    signals: {
      inputTokens: inputTokens(request),
      taskType: taskType(request, text, shape, () => learned.taskType(encoding)),
      complexity: learned.complexity(encoding),
      subject: learned.subject(encoding),
      language: language(text),
      structure: shape,
    },
    encoding,
    vector: learned.vector(encoding),
  }
}
