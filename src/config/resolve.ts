import { dirname, resolve as absolute } from 'node:path'
import { createCatalog } from '../catalog/catalog.ts'
import { simulatedVendor } from '../providers/simulated/vendor.ts'
import { alternatives } from './closest.ts'
import type { ConsultantEntry } from './consultant-fields.ts'
import type { ClassifierEntry } from './encoder-fields.ts'
import { discoveryNote } from './discovered-models.ts'
import type { ReportFault } from './faults.ts'
import { resolveAside } from './resolve-aside.ts'
import { type ModelsFound, resolveModels, type WrittenModel } from './resolve-models.ts'
import { resolvePrompts } from './resolve-adaptation.ts'
import { resolveConsultants } from './resolve-consultants.ts'
import { resolveEmbeddings } from './resolve-embeddings.ts'
import { resolveClassifiers, resolveEncoder } from './resolve-encoders.ts'
import { resolveOperation } from './resolve-governance.ts'
import { resolveMcp } from './resolve-mcp.ts'
import { resolveExperiments } from './resolve-experiments.ts'
import { resolveCalibration } from './learning-fields.ts'
import { resolveModelFallbacks } from './resolve-fallbacks.ts'
import { resolveOutcomeSets } from './resolve-outcome-sets.ts'
import { type PolicyEntry, resolvePolicies } from './resolve-policies.ts'
import { resolveReliability } from './resolve-reliability.ts'
import { resolveTelemetry } from './resolve-telemetry.ts'
import { resolveTargets } from './resolve-targets.ts'
import { keyOf, resolveVendors, simulatedReachable, type VendorsFound } from './resolve-vendors.ts'
import type { ReachableVendor, ResolvedConfig } from './resolved.ts'
import { configFields, type Sections } from './schema.ts'
import type { VendorEntry } from './vendor-fields.ts'
import type { Surroundings } from './surroundings.ts'

/** A configuration whose shape is known to be right; what its names mean is not looked up yet. */
export type CheckedConfig = {
  readonly sections: Omit<Sections, 'vendors' | 'models' | 'classifiers' | 'consultants'>
  readonly vendors: Readonly<Record<string, VendorEntry>>
  readonly models: readonly WrittenModel[]
  readonly policies: Readonly<Record<string, PolicyEntry>>
  readonly classifiers: Readonly<Record<string, ClassifierEntry>>
  readonly consultants: Readonly<Record<string, ConsultantEntry>>
  /** All that the file names, faulty entries included: a fault of theirs is no fault of those who refer to them. */
  readonly named: {
    readonly vendors: ReadonlySet<string>
    readonly models: ReadonlySet<string>
    readonly classifiers: ReadonlySet<string>
    readonly consultants: ReadonlySet<string>
  }
}

export type Origin = { readonly file: string | null; readonly directory: string }

/** Looks up every name. What comes back holds only where nothing was reported. */
export function resolveConfig(
  checked: CheckedConfig,
  origin: Origin,
  surroundings: Surroundings,
  report: ReportFault,
): ResolvedConfig {
  const { sections } = checked
  const vendors = withSimulated(resolveVendors(checked.vendors, surroundings, report), sections)
  const models = resolveModels(checked, vendors, surroundings, report)
  const notes = notesOn(vendors, models, surroundings, sections)
  const note = (text: string) => void notes.push(text)
  for (const discovery of surroundings.discoveries ?? [])
    note(discoveryNote(discovery, createCatalog(surroundings.entries)))
  const { environment } = surroundings
  const { targets, choices } = resolveTargets(models, checked.models, { vendors, environment, report, note })
  const base = origin.file === null ? origin.directory : dirname(origin.file)
  const context = { base, vendors, environment: surroundings.environment, report }
  const classifiers = resolveClassifiers(checked.classifiers, context)
  const consultants = resolveConsultants(checked.consultants, context)
  const policies = resolvePolicies(checked.policies, {
    strategies: surroundings.strategies,
    vendors,
    models,
    excused: checked.named.models,
    classifiers,
    excusedClassifiers: checked.named.classifiers,
    consultants: [...checked.named.consultants],
    report,
    note,
  })
  const modelFallbacks = resolveModelFallbacks(checked.models, {
    vendors,
    models,
    excused: checked.named.models,
    report,
    note,
  })
  const encoder = resolveEncoder(sections.encoder, context)
  if (encoder !== null && sections.artefact === undefined)
    notes.push(
      'the encoder tells which texts are alike; estimates of quality stay those of the shipped artefact until one that is trained over this encoder is named under artefact',
    )
  const log = sections.log ?? configFields.log.unwrap().parse({})
  const logPath = absolute(base, log.path)
  return {
    ...resolveOperation(sections, { base, logPath, environment, report }),
    file: origin.file,
    server: sections.server ?? configFields.server.unwrap().parse({}),
    vendors: vendors.reachable,
    models: models.models,
    targets,
    targetChoices: choices,
    modelFallbacks,
    reliability: resolveReliability(sections, report),
    embeddings: resolveEmbeddings(sections.embeddings ?? [], { vendors, environment, report, note }),
    aliases: models.aliases,
    catalog: models.catalog,
    policies,
    prompts: resolvePrompts(sections.prompts, {
      base,
      catalog: models.catalog,
      vendors: vendors.reachable.map(({ vendor }) => vendor.name),
      policies,
      report,
    }),
    calibration: resolveCalibration(sections.learning),
    outcomeSets: resolveOutcomeSets(sections.outcomeSets, {
      base,
      catalog: models.catalog,
      heads: surroundings.outcomeHeads ?? new Map(),
      report,
    }),
    caches: cachesOf(checked.policies),
    experiments: resolveExperiments(sections.experiments ?? {}, policies, report),
    aside: resolveAside(sections, {
      policies,
      models: [...models.models.map(({ id }) => id), ...models.aliases.keys()],
      report,
    }),
    replies: sections.responses ?? configFields.responses.unwrap().parse({}),
    log: { ...log, path: logPath },
    telemetry: resolveTelemetry(sections.telemetry, { environment, report, note }),
    artefact: sections.artefact === undefined ? null : absolute(base, sections.artefact),
    encoder,
    classifiers,
    consultants,
    mcp: resolveMcp(sections.mcp, context),
    simulated: simulates(vendors) ? { pace: sections.simulated?.pace ?? 1 } : null,
    notes,
  }
}

const cachesOf = (entries: Readonly<Record<string, PolicyEntry>>): ResolvedConfig['caches'] =>
  new Map(Object.entries(entries).flatMap(([name, { cache }]) => (cache ? [[name, cache]] : [])))

/** Simulated models answer where nothing else can, or where the file asks for them. */
function withSimulated(found: VendorsFound, { simulated }: Pick<Sections, 'simulated'>): VendorsFound {
  if (simulated !== undefined || found.reachable.length === 0)
    return { ...found, reachable: [...found.reachable, simulatedReachable] }
  const remedy = 'Write `simulated: {}` in the file to offer the simulated models.'
  return { ...found, unreachable: [...found.unreachable, { vendor: simulatedVendor, remedy }] }
}

const simulates = ({ reachable }: VendorsFound): boolean =>
  reachable.some(({ source }) => source === 'simulated')

function notesOn(
  vendors: VendorsFound,
  { models }: ModelsFound,
  surroundings: Surroundings,
  sections: Pick<Sections, 'simulated'>,
): string[] {
  return vendors.reachable.map((reached) => {
    const { name, title } = reached.vendor
    const count = models.filter(({ vendor }) => vendor === name).length
    const counted = `${count} ${count === 1 ? 'model' : 'models'}`
    if (count === 0)
      return `${foundBy(reached, surroundings)}, but no model of it is known: list some under models`
    switch (reached.source) {
      case 'simulated':
        return sections.simulated === undefined
          ? `no key found: using simulated models (${counted}). ${keyAdvice(vendors)}`
          : `${counted} that are simulated, as the file asks`
      case 'local':
        return `${title} is running: ${counted}`
      default:
        return `${foundBy(reached, surroundings)}: ${counted} of ${title}`
    }
  })
}

function foundBy({ vendor, source }: ReachableVendor, { environment, vendors }: Surroundings): string {
  const known = vendors.find(({ name }) => name === vendor.name)
  const variable = source === 'environment' && known ? keyOf(known, environment)?.variable : undefined
  if (variable !== undefined) return `${variable} found`
  return source === 'local' ? `${vendor.title} is running` : `vendors.${vendor.name} configured`
}

function keyAdvice({ unreachable }: VendorsFound): string {
  const variables = unreachable.flatMap(({ vendor }) => vendor.keyVariables.slice(0, 1))
  return variables.length === 0
    ? ''
    : `Set one such as ${alternatives(variables.slice(0, 3))} to use real ones`
}
