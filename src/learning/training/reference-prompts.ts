import { seededDraw, shuffle } from '../../domain/random.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import type { RouterArtefact } from '../../estimate/router-artefact.ts'
import { textTokens } from '../../signals/input-tokens.ts'
import type { Example } from './corpus.ts'
import { groupBy } from '../../domain/group-by.ts'

const referenceSize = 400

/** Prompts drawn so that each kind of task has its share, however many rows its set happens to have. */
export function referenceSample(
  examples: readonly Example[],
  read: (text: string) => ReadPrompt,
  seed: string,
): RouterArtefact['reference'] {
  const draw = seededDraw(`${seed} reference`)
  const byTask = groupBy(examples, ({ labels }) => labels.task ?? 'other')
  const share = Math.ceil(referenceSize / byTask.size)
  const chosen = [...byTask.keys()].sort().flatMap((task) => shuffle(draw, byTask.get(task)!).slice(0, share))
  const prompts = chosen.map(({ text }) => read(text))
  const starts = new Uint32Array(prompts.length + 1)
  prompts.forEach(({ words }, prompt) => {
    starts[prompt + 1] = starts[prompt]! + words.ids.length
  })
  return {
    size: chosen.length,
    encodings: Float32Array.from(prompts.flatMap(({ encoding }) => [...encoding])),
    inputTokens: Float32Array.from(chosen, ({ text }) => 7 + textTokens(text)),
    words: {
      starts,
      ids: Uint32Array.from(prompts.flatMap(({ words }) => [...words.ids])),
      counts: Float32Array.from(prompts.flatMap(({ words }) => [...words.counts])),
    },
  }
}
