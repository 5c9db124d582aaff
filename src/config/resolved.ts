import type { PromptRule } from '../adaptation/rules.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ExperimentDefinition } from '../domain/experiment.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Fallbacks, Policy } from '../domain/policy.ts'
import type { Secret } from '../domain/secret.ts'
import type { Target, TargetChoiceName, Vendor } from '../domain/vendor.ts'
import type { McpSettings } from '../mcp/settings.ts'
import type { ConsultantSettings } from '../providers/consultants/index.ts'
import type { CacheEntry } from './cache-fields.ts'
import type { ConfigFault } from './faults.ts'
import type { AsideSettings } from './resolve-aside.ts'
import type { EmbeddingsModel } from './resolve-embeddings.ts'
import type { ClassifierSettings, EncoderSettings } from './resolve-encoders.ts'
import type { CalibrationSettings } from './learning-fields.ts'
import type { Operation } from './resolve-governance.ts'
import type { OutcomeSet } from './resolve-outcome-sets.ts'
import type { Reliability } from './resolve-reliability.ts'
import type { TelemetrySettings } from './resolve-telemetry.ts'
import type { Sections } from './schema.ts'

export type ServerSettings = Readonly<NonNullable<Sections['server']>>
export type RepliesSettings = Readonly<NonNullable<Sections['responses']>>
export type LogSettings = Readonly<NonNullable<Sections['log']>>

/** A vendor that can be called: there is a key for it, or it needs none. */
export type ReachableVendor = {
  readonly vendor: Vendor
  readonly credential: Secret | null
  /** More keys, each of which makes a target of its own. */
  readonly otherCredentials: readonly Secret[]
  /** Sent with every call beside those of the wire format. */
  readonly headers: Readonly<Record<string, Secret>>
  readonly source: 'config' | 'environment' | 'local' | 'simulated'
}

/** A configuration with nothing left to look up. */
export type ResolvedConfig = Operation & {
  /** The file it comes from; `null`: there is none. */
  readonly file: string | null
  readonly server: ServerSettings
  readonly vendors: readonly ReachableVendor[]
  /** The models of those vendors. */
  readonly models: readonly Model[]
  /** Where each of them is served. */
  readonly targets: ReadonlyMap<ModelId, readonly Target[]>
  readonly targetChoices: ReadonlyMap<ModelId, TargetChoiceName>
  /** Where clients are sent on who ask for a model by its own name. */
  readonly modelFallbacks: ReadonlyMap<ModelId, Fallbacks>
  readonly reliability: Reliability
  /** Models that turn texts into vectors. No policy chooses among them. */
  readonly embeddings: readonly EmbeddingsModel[]
  /** Other names of those models. */
  readonly aliases: ReadonlyMap<string, ModelId>
  /** Every model that is known, reachable or not, the file's changes included. */
  readonly catalog: Catalog
  readonly policies: readonly Policy[]
  /** How requests are worded for models. */
  readonly prompts: readonly PromptRule[]
  /** Of the policies that have a cache, by name. */
  readonly caches: ReadonlyMap<string, CacheEntry>
  readonly calibration: CalibrationSettings
  /** What policies can be measured on, by name. */
  readonly outcomeSets: readonly OutcomeSet[]
  readonly experiments: readonly ExperimentDefinition[]
  /** What is done beside the served path. */
  readonly aside: AsideSettings
  readonly log: LogSettings
  readonly telemetry: TelemetrySettings
  readonly replies: RepliesSettings
  /** A learned artefact to use in place of the shipped one. */
  readonly artefact: string | null
  /** An encoder in the place of the built-in one. */
  readonly encoder: EncoderSettings | null
  readonly classifiers: readonly ClassifierSettings[]
  readonly consultants: readonly ConsultantSettings[]
  /** The MCP gateway, which is there with no server too. */
  readonly mcp: McpSettings
  /** How fast simulated models answer: 1 as in life, 0 at once. `null`: there are none. */
  readonly simulated: { readonly pace: number } | null
  /** What was found, for the person who starts Fairlead. */
  readonly notes: readonly string[]
}

export type ConfigResult =
  | { readonly kind: 'resolved'; readonly config: ResolvedConfig }
  | { readonly kind: 'faulty'; readonly file: string; readonly faults: readonly ConfigFault[] }
