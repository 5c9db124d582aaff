import type { CatalogEntry } from '../catalog/entry.ts'
import { alternatives, closest } from '../config/closest.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model } from '../domain/model.ts'
import { unreachable } from '../domain/unreachable.ts'
import { vendorNamed } from '../providers/vendors/index.ts'

/** A name is compared, and told back, by its beginning: a client may write megabytes. */
const longestName = 100

/** Why a client's `model` leads nowhere, and what to do about it. */
export function unknownName(written: string, config: ResolvedConfig): Failure {
  const name = written.slice(0, longestName)
  return failure('rejected', `${whyUnknown(name, config)} ${namesToUse(config)}`, {
    code: 'model_not_found',
    param: 'model',
  })
}

function whyUnknown(name: string, config: ResolvedConfig): string {
  const found = config.catalog.find(name)
  switch (found.kind) {
    case 'found':
      return `\`${name}\` is a model of ${whyUnreachable(found.entry, config)}`
    case 'ambiguous': {
      const ids = found.candidates.map(({ model }) => model.id)
      const reachable = ids.filter((id) => config.models.some((model) => model.id === id))
      return reachable.length > 1
        ? `Several vendors serve \`${name}\`: ask for ${alternatives(reachable)}.`
        : `None of the vendors that serve \`${name}\` (${ids.join(', ')}) can be reached: set a key of one and start again.`
    }
    case 'unknown': {
      const near = suggestions(name, config, found.closest)
      const hint = near.length > 0 ? ` Did you mean ${alternatives(near)}?` : ''
      return `There is no model or policy \`${name}\`.${hint}`
    }
    default:
      return unreachable(found)
  }
}

/** What can be called is a better suggestion than what is only known. */
function suggestions(
  name: string,
  { policies, models, aliases }: ResolvedConfig,
  known: readonly string[],
): readonly string[] {
  const near = closest(name, [...policies.map((policy) => policy.name), ...models.map(({ id }) => id)])
  const aliased = near.length > 0 ? near : closest(name, aliases.keys())
  return aliased.length > 0 ? aliased : known
}

function whyUnreachable({ model, retired }: CatalogEntry, { vendors }: ResolvedConfig): string {
  const vendor = vendorNamed(model.vendor)
  const title = vendor?.title ?? model.vendor
  if (vendors.some((reached) => reached.vendor.name === model.vendor))
    return `${title} that ${retired ? 'is no longer served' : 'its server does not have loaded'}. If it is served after all, list it under \`models\` in the config.`
  if (vendor?.local)
    return `${title}, of which no server was found. Start it, and Fairlead after it, or write its baseUrl in the config.`
  return `${title}, which can't be reached: ${remedy(model)}`
}

function remedy(model: Model): string {
  if (model.simulated) return 'write `simulated: {}` in the config to offer the simulated models.'
  const variables = vendorNamed(model.vendor)?.keyVariables ?? []
  const setting = variables.length > 0 ? `set ${alternatives(variables)}, or write` : 'write'
  return `${setting} vendors.${model.vendor}.apiKey in the config, and start again.`
}

const namesToUse = ({ policies }: ResolvedConfig): string =>
  `Policies: ${policies.map(({ name }) => name).join(', ')}. GET /v1/models lists all names.`
