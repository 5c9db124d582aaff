import type { EmbeddingModelV3, ImageModelV3, LanguageModelV3, ProviderV3 } from '@ai-sdk/provider'
import type { FairleadConfig } from '../../config/define-config.ts'
import type { AnyStrategy } from '../../config/schema.ts'
import type { Fairlead } from '../fairlead.ts'
import type { FairleadOptions } from '../options.ts'
import { noSuchModel } from './call-error.ts'
import { inProcess } from './in-process.ts'
import { FairleadLanguageModel } from './language-model.ts'
import { type HttpSettings, overHttp } from './over-http.ts'
import type { FairleadModelSettings } from './settings.ts'
import type { Source } from './source.ts'

export type FairleadProviderSettings =
  /** A Fairlead that runs elsewhere. */
  | HttpSettings
  /** One that `createFairlead` made; closing it is yours. */
  | { readonly instance: Fairlead | PromiseLike<Fairlead> }
  /** One that is made with the first call, as `createFairlead(config, options)` does it. */
  | {
      readonly config?: FairleadConfig<readonly AnyStrategy[]> | string | undefined
      readonly options?: FairleadOptions | undefined
    }

export type FairleadProvider = ProviderV3 & {
  /** @param modelId a policy such as `auto`, or a model as `vendor/name` */
  (modelId: string, settings?: FairleadModelSettings): LanguageModelV3
  readonly languageModel: (modelId: string, settings?: FairleadModelSettings) => LanguageModelV3
  /** Closes the Fairlead that the first call made, where one did. */
  readonly close: () => Promise<void>
}

/** Models of the AI SDK that Fairlead routes: in this process, or over HTTP where there is a `baseURL`. */
export function createFairleadProvider(settings: FairleadProviderSettings = {}): FairleadProvider {
  const { source, close } = sourceFor(settings)
  const languageModel = (modelId: string, own: FairleadModelSettings = {}): LanguageModelV3 =>
    new FairleadLanguageModel(modelId, own, source)
  return Object.assign((modelId: string, own?: FairleadModelSettings) => languageModel(modelId, own), {
    specificationVersion: 'v3' as const,
    languageModel,
    embeddingModel: (modelId: string): EmbeddingModelV3 => {
      throw noSuchModel(modelId, 'embeddingModel')
    },
    imageModel: (modelId: string): ImageModelV3 => {
      throw noSuchModel(modelId, 'imageModel')
    },
    close,
  })
}

type Opened = { readonly source: Source; readonly close: () => Promise<void> }

function sourceFor(settings: FairleadProviderSettings): Opened {
  if ('baseURL' in settings) return { source: overHttp(settings), close: async () => {} }
  if ('instance' in settings)
    return { source: inProcess(async () => settings.instance), close: async () => {} }
  return openedLate(settings)
}

function openedLate({
  config,
  options = {},
}: Extract<FairleadProviderSettings, { config?: unknown }>): Opened {
  let opening: Promise<Fairlead> | null = null
  const close = async (): Promise<void> => {
    const made = opening
    opening = null
    process.off('beforeExit', onExit)
    await (await made?.catch(() => null))?.close()
  }
  const onExit = (): void => void close()
  const opened = (): Promise<Fairlead> => {
    if (opening === null) {
      opening = open(config, options)
      // Who never closes it loses no decision all the same.
      process.once('beforeExit', onExit)
      // A configuration that is mended meanwhile gets another try.
      opening.catch(() => {
        opening = null
      })
    }
    return opening
  }
  return { source: inProcess(opened), close }
}

/** Loaded when it is needed: over HTTP nothing of the gateway is. */
async function open(
  config: FairleadConfig<readonly AnyStrategy[]> | string | undefined,
  options: FairleadOptions,
): Promise<Fairlead> {
  const { createFairlead } = await import('../fairlead.ts')
  return createFairlead(config, options)
}

/**
 * In process, by the configuration of the working directory, keys of the environment, or simulated models: as `fairlead serve`
 * does. Made with the first call.
 */
export const fairlead: FairleadProvider = /* @__PURE__ */ createFairleadProvider()
