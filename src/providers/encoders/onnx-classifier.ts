import { failure } from '../../domain/failure.ts'
import type { LabelProbabilities, TextClassifier, TextResults } from '../../domain/text-model.ts'
import { knownClassifierLabels } from './known-classifiers.ts'
import { type OnnxModelOptions, openOnnxModel, sourceName } from './onnx-model.ts'
import { TextModelError } from './text-model-error.ts'
import type { Tensor } from './transformers-library.ts'

export type OnnxClassifierOptions = OnnxModelOptions & {
  /** Names of the classes, in the model's order; `null`: the model's own. */
  readonly labels: readonly string[] | null
}

/** A classifier of one label for each text: probabilities are the softmax of its logits. @throws TextModelError */
export async function openOnnxClassifier(options: OnnxClassifierOptions): Promise<TextClassifier> {
  const { id, session, tokenize, close } = await openOnnxModel(options, {
    load: ({ AutoModelForSequenceClassification }) => AutoModelForSequenceClassification,
    exportName: 'text-classification',
  })
  const labels = labelsOf(options, session.config.id2label ?? {})
  return {
    id,
    read: async (texts) => {
      try {
        const { logits } = await session(tokenize(texts))
        return probabilitiesOf(logits, texts.length, labels, id)
      } catch (error) {
        return {
          kind: 'failed',
          failure: failure('unavailable', `${id} failed: ${(error as Error).message}`),
        }
      }
    },
    close,
  }
}

/** The configured names, else the model's own, else those that are known of it; `null`: it says nothing of them. */
function labelsOf(
  { labels, source }: OnnxClassifierOptions,
  id2label: Readonly<Record<string, string>>,
): readonly string[] | null {
  const own = Object.keys(id2label)
    .sort((a, b) => Number(a) - Number(b))
    .map((index) => id2label[index]!)
  if (labels !== null) {
    if (own.length > 0 && own.length !== labels.length)
      throw new TextModelError(
        `${sourceName(source)} has ${own.length} classes (${own.join(', ')}), and \`labels\` names ${labels.length}. Name each, in the model's order.`,
      )
    return labels
  }
  const known = knownClassifierLabels[sourceName(source)]
  const numbered = own.every((label) => /^LABEL_\d+$/.test(label))
  if (numbered && known && (own.length === 0 || own.length === known.length)) return known
  return own.length > 0 ? own : null
}

function probabilitiesOf(
  logits: Tensor | undefined,
  texts: number,
  labels: readonly string[] | null,
  id: string,
): TextResults<LabelProbabilities> {
  const classes = logits?.dims[1]
  if (logits === undefined || logits.dims.length !== 2 || logits.dims[0] !== texts || !classes)
    return unreadable(`${id} is no classifier of whole texts: it gives no logits of texts by classes.`)
  if (labels !== null && labels.length !== classes)
    return unreadable(
      `${id} has ${classes} classes, and ${labels.length} labels are named. Name each of them.`,
    )
  const names = labels ?? Array.from({ length: classes }, (_, index) => `LABEL_${index}`)
  const values = Array.from({ length: texts }, (_, text) =>
    softmax(Array.from({ length: classes }, (_, index) => Number(logits.data[text * classes + index]))),
  )
  if (!values.every((row) => row.every(Number.isFinite)))
    return unreadable(`${id} gave numbers that are not finite. Try other \`weights\`.`)
  return {
    kind: 'read',
    values: values.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]!]))),
  }
}

const unreadable = (message: string): TextResults<never> => ({
  kind: 'failed',
  failure: failure('unreadable', message),
})

function softmax(logits: readonly number[]): readonly number[] {
  const highest = Math.max(...logits)
  const shares = logits.map((logit) => Math.exp(logit - highest))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}
