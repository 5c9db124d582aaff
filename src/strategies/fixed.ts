import { z } from 'zod'
import { modelId } from '../domain/model.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy, modelName } from './strategy.ts'

/** Static routing: one model, whatever the prompt. */
export const fixed = defineStrategy({
  name: 'fixed',
  summary: 'always the same model',
  needs: { quality: false, cost: false },
  options: z.strictObject({ model: modelName }),
  models: ({ model }) => [modelId(model)],
  *choose({ candidates }, { model }) {
    const wanted = candidates.find(({ id }) => id === model)
    return wanted
      ? forward([wanted, ...candidates.filter((other) => other !== wanted)], `the policy names ${model}`)
      : forward(candidates, `${model} may not serve this request; ${candidates[0].id} stands in`)
  },
})
