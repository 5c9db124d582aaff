/**
 * What a bandit tells requests apart by: `banditDims` numbers of unit length.
 *
 *     x = (1, z / |z|) / sqrt(2)
 *
 * z stacks the task type, the subject (by how sure it is), a few facts of form, and the text's vector under a fixed random
 * projection (Achlioptas 2003: signs; nothing is fitted, so that sums of any two processes speak of the same numbers). For two
 * requests x . x' = (1 + cos(z, z')) / 2: half of what is learnt of a model holds everywhere, half only where requests are alike.
 */

import { mix32 } from '../../domain/random.ts'
import { type Signals, subjects, taskTypes } from '../../domain/signals.ts'
import type { Turn } from '../../domain/strategy.ts'

const textDims = 16
const formNames = ['complexity', 'tokens', 'code', 'json', 'tools'] as const

/** What each number stands for, in order. */
export const banditFeatures: readonly string[] = [
  'always',
  ...taskTypes.map((type) => `task:${type}`),
  ...subjects.map((subject) => `subject:${subject}`),
  ...formNames,
  ...Array.from({ length: textDims }, (_, place) => `text:${place}`),
]

export const banditDims = banditFeatures.length

const tasksFrom = 1
const subjectsFrom = tasksFrom + taskTypes.length
const formFrom = subjectsFrom + subjects.length
const textFrom = formFrom + formNames.length

export function featuresOf({ signals, vector }: Pick<Turn, 'signals' | 'vector'>): Float64Array {
  const features = new Float64Array(banditDims)
  writeSignals(signals, features)
  writeText(vector, features)
  let square = 0
  for (let place = 1; place < banditDims; place++) square += features[place]! ** 2
  const scale = square > 0 ? Math.SQRT1_2 / Math.sqrt(square) : 0
  for (let place = 1; place < banditDims; place++) features[place]! *= scale
  features[0] = Math.SQRT1_2
  return features
}

function writeSignals(signals: Signals, features: Float64Array): void {
  const { taskType, subject, complexity, inputTokens, structure } = signals
  const task = taskTypes.indexOf(taskType)
  if (task >= 0) features[tasksFrom + task] = 1
  const domain = subjects.indexOf(subject.name)
  if (domain >= 0) features[subjectsFrom + domain] = subject.probability
  // Each of them within about one half of zero: together they weigh about as much as the task does.
  features[formFrom] = complexity - 0.5
  features[formFrom + 1] = Math.min(1, Math.log1p(inputTokens) / 12) - 0.5
  features[formFrom + 2] = structure.codeShare / 2
  features[formFrom + 3] = structure.jsonSchema ? 0.5 : 0
  features[formFrom + 4] = structure.tools > 0 ? 0.5 : 0
}

/** Bit `place` of a coordinate's hash is its sign in that row of the projection. */
function writeText(vector: Float32Array, features: Float64Array): void {
  for (let coordinate = 0; coordinate < vector.length; coordinate++) {
    const value = vector[coordinate]!
    if (value === 0) continue
    const signs = mix32(coordinate + 1)
    for (let place = 0; place < textDims; place++)
      features[textFrom + place]! += (signs >>> place) & 1 ? value : -value
  }
  let square = 0
  for (let place = textFrom; place < banditDims; place++) square += features[place]! ** 2
  if (square === 0) return
  const scale = 1 / Math.sqrt(square)
  for (let place = textFrom; place < banditDims; place++) features[place]! *= scale
}
