import type { ResolvedConfig } from '../config/resolved.ts'
import type { Policy } from '../domain/policy.ts'
import type { Request } from '../domain/request.ts'
import type { TextEmbedder } from '../domain/strategy.ts'
import type {
  LabelProbabilities,
  SentenceEncoder,
  TextClassifier,
  TextModel,
  TextResults,
} from '../domain/text-model.ts'
import type { Clock } from '../domain/transport.ts'
import { openSharedClassifier, openSharedEncoder } from '../providers/encoders/index.ts'
import { routedText } from '../signals/routed-text.ts'
import { type PolicyTexts, readPolicyTexts } from './policy-texts.ts'

/** What text models outside say of a request, before it is decided. */
export type TextReading = {
  /** Of the configured encoder; `null`: there is none, or it failed. */
  readonly vector: Float32Array | null
  readonly classes: Readonly<Record<string, LabelProbabilities>>
  /** What went wrong: the decision is made without it. */
  readonly warnings: readonly string[]
  readonly tookMs: number
}

/** Asks the configured encoder and classifiers, each within its time limit. Never fails: what is missing is noted. */
export type TextReader = {
  readonly encoderId: string | null
  /** Of the configured encoder; `null`: there is none. */
  readonly embedder: () => TextEmbedder | null
  readonly read: (request: Request, policy: Policy) => Promise<TextReading>
  readonly close: () => Promise<void>
}

const nothingRead: TextReading = { vector: null, classes: {}, warnings: [], tookMs: 0 }

type Limited<Value> = { readonly model: TextModel<Value>; readonly timeoutMs: number }

export type TextModels = {
  readonly encoder: Limited<Float32Array> | null
  readonly classifiers: readonly (Limited<LabelProbabilities> & { readonly name: string })[]
}

/** The text models of a configuration, or null where it has none. @throws TextModelError */
export async function openTextReader(
  { encoder, classifiers, policies }: Pick<ResolvedConfig, 'encoder' | 'classifiers' | 'policies'>,
  clock: Clock,
): Promise<TextReader | null> {
  if (encoder === null && classifiers.length === 0) return null
  const opened: TextModel<unknown>[] = []
  const kept = <Model extends SentenceEncoder | TextClassifier>(model: Model): Model => {
    opened.push(model)
    return model
  }
  try {
    const models: TextModels = {
      encoder: encoder && {
        model: kept(await openSharedEncoder(encoder.options, encoder.cacheBytes)),
        timeoutMs: encoder.timeoutMs,
      },
      classifiers: await Promise.all(
        classifiers.map(async ({ name, options, cacheBytes, timeoutMs }) => ({
          name,
          model: kept(await openSharedClassifier(options, cacheBytes)),
          timeoutMs,
        })),
      ),
    }
    const texts = policies.flatMap((policy) => policy.texts)
    return createTextReader(
      models,
      clock,
      models.encoder && (await readPolicyTexts(models.encoder.model, texts, clock.now())),
    )
  } catch (error) {
    await Promise.all(opened.map((model) => model.close()))
    throw error
  }
}

export function createTextReader(
  { encoder, classifiers }: TextModels,
  clock: Clock,
  texts: PolicyTexts | null = null,
): TextReader {
  return {
    encoderId: encoder?.model.id ?? null,
    embedder: () => texts?.embedder() ?? null,
    read: async (request, policy) => {
      // With one model to choose from, nothing that could be said of the text changes the choice.
      if (policy.pool !== 'all' && policy.pool.length === 1) return nothingRead
      const startedAt = clock.now()
      const text = routedText(request)
      const [vector, ...classes] = await Promise.all([
        encoder && readOne(encoder, text),
        ...classifiers.map((classifier) => readOne(classifier, text)),
      ])
      const warnings: string[] = []
      if (vector?.kind === 'failed') warnings.push(`encoder: ${vector.failure.message}`)
      const unread = vector?.kind === 'read' ? (texts?.warningOf(policy.texts) ?? null) : null
      if (unread !== null) {
        warnings.push(unread)
        texts?.retry(clock.now())
      }
      const probabilities: Record<string, LabelProbabilities> = {}
      classifiers.forEach(({ name }, index) => {
        const result = classes[index]!
        if (result.kind === 'read') probabilities[name] = result.values[0]!
        else warnings.push(`classifier ${name}: ${result.failure.message}`)
      })
      return {
        vector: vector?.kind === 'read' ? vector.values[0]! : null,
        classes: probabilities,
        warnings,
        tookMs: clock.now() - startedAt,
      }
    },
    close: async () => {
      await Promise.all([encoder?.model.close(), ...classifiers.map(({ model }) => model.close())])
    },
  }
}

const readOne = <Value>({ model, timeoutMs }: Limited<Value>, text: string): Promise<TextResults<Value>> =>
  model.read([text], AbortSignal.timeout(timeoutMs))
