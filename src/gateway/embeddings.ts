/** Vectors of texts: the same walk as a chat request's, among models that no policy chooses and by a wire format of their own. */

import { createCatalog } from '../catalog/catalog.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { ModelId } from '../domain/model.ts'
import { noFallbacks } from '../domain/policy.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { ClientRequest } from '../wire/wire-format.ts'
import type { Decider } from './decider.ts'
import { type ModelNames, modelNames } from './model-names.ts'

/** What a generation serves embeddings with, in place of its own decider and engine. */
export type Embeddings = {
  readonly decider: Decider
  readonly engine: AttemptEngine
  /** Why the model that a client names, or one of its fallbacks, can't be asked; `null`: they can. */
  readonly refusalOf: (asked: Pick<ClientRequest, 'model' | 'options'>) => Failure | null
}

/** The configuration as it would be if its embeddings models were all that it had. */
export function embeddingsAlone(config: ResolvedConfig): ResolvedConfig {
  const { embeddings } = config
  return {
    ...config,
    models: embeddings.map(({ model }) => model),
    targets: new Map(embeddings.map(({ model, targets }) => [model.id, targets])),
    targetChoices: new Map(),
    modelFallbacks: new Map(
      embeddings.map(({ model, fallbacks }) => [model.id, { ...noFallbacks, providerFailure: fallbacks }]),
    ),
    aliases: namesAtVendors(config),
    catalog: createCatalog([]),
    policies: [],
  }
}

/** Those that mean one model and no other. */
function namesAtVendors({ embeddings }: ResolvedConfig): ReadonlyMap<string, ModelId> {
  const names = embeddings.map(({ model }) => model.vendorName)
  return new Map(
    embeddings.flatMap(({ model: { id, vendorName } }) =>
      names.filter((name) => name === vendorName).length === 1 ? [[vendorName, id] as const] : [],
    ),
  )
}

/** Vectors of two models say nothing of each other: an index that got some of each would be of no use, and nobody would notice. */
export function refusalsOf(config: ResolvedConfig): Embeddings['refusalOf'] {
  const names: ModelNames = modelNames(embeddingsAlone(config))
  const vectorsOf = (name: string): string | null => {
    const id = names.model(name)?.id
    const found = config.embeddings.find(({ model }) => model.id === id)
    return found ? `${found.space} ${found.dimensions}` : null
  }
  return ({ model, options }) => {
    const own = vectorsOf(model)
    if (own === null) return noSuchModel(model, config)
    const other = options.fallbacks.find((name) => vectorsOf(name) !== own)
    return other === undefined ? null : incomparable(other, model)
  }
}

/** A client may write megabytes in place of a name. */
const shown = (name: string): string => name.slice(0, 100)

function noSuchModel(name: string, { embeddings }: ResolvedConfig): Failure {
  const ids = embeddings.map(({ model }) => model.id).join(', ')
  const remedy =
    ids === '' ? 'Set a key of a vendor that has some, or list one under embeddings.' : `There are ${ids}.`
  return failure('rejected', `\`${shown(name)}\` is no model that turns texts into vectors. ${remedy}`, {
    code: 'model_not_found',
    param: 'model',
  })
}

const incomparable = (other: string, model: string): Failure =>
  failure(
    'rejected',
    `Vectors of ${shown(other)} can't be compared with those of ${shown(model)}. Take it out of the fallbacks, or name the same model at another vendor.`,
    { code: 'incomparable_vectors', param: 'fallbacks' },
  )
