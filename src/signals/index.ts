import { lastUserText, type Request } from '../domain/request.ts'
import type { Reading, Signals } from '../domain/signals.ts'
import { agentSignals } from './agent/index.ts'
import { inputTokens } from './input-tokens.ts'
import { language } from './language.ts'
import type { LearnedSignals } from './learned.ts'
import { routedText } from './routed-text.ts'
import { structure } from './structure.ts'
import { taskType } from './task-type.ts'
import { toolCategory } from './tool-category.ts'

/** What models outside have made of a request's text already. */
export type Foreknown = Pick<Signals, 'classes' | 'warnings'> & {
  /** What the client calls itself, in its header of that name. */
  readonly userAgent?: string
  /** What learned estimates read, in the place of what the artefact's own encoder would make of the text. */
  readonly encoding?: Float32Array
}

/** All signals of a request. The same code reads requests when serving, when evaluating and when training. */
export function readSignals(request: Request, learned: LearnedSignals, known: Foreknown = {}): Reading {
  const text = lastUserText(request)
  const shape = structure(request)
  const routed = routedText(request)
  const encoding = known.encoding ?? learned.encode(routed)
  const agent = agentSignals(request, known.userAgent)
  const category = toolCategory(request, text, shape.promptChars)
  return {
    signals: {
      inputTokens: inputTokens(request),
      taskType: taskType(request, text, shape, () => learned.taskType(encoding)),
      complexity: learned.complexity(encoding),
      subject: learned.subject(encoding),
      language: language(text),
      structure: shape,
      ...(category && { toolCategory: category }),
      ...(agent && { agent }),
      ...(known.classes && { classes: known.classes }),
      ...(known.warnings && { warnings: known.warnings }),
    },
    encoding,
    vector: learned.vector(encoding),
    words: learned.words(routed),
  }
}
