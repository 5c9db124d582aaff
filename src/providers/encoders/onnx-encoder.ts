import { failure } from '../../domain/failure.ts'
import type { SentenceEncoder, TextResults } from '../../domain/text-model.ts'
import { type OnnxModelOptions, openOnnxModel } from './onnx-model.ts'
import type { Tensor, TokenizedTexts } from './transformers-library.ts'
import { toUnitLength } from './unit-vector.ts'

/** How the vectors of tokens become that of the text: their mean, the first token's, or what the model itself gives. */
export const poolings = ['mean', 'cls', 'model'] as const
export type Pooling = (typeof poolings)[number]

export type OnnxEncoderOptions = OnnxModelOptions & { readonly pooling: Pooling }

/** @throws TextModelError with a remedy */
export async function openOnnxEncoder(options: OnnxEncoderOptions): Promise<SentenceEncoder> {
  const { id, session, tokenize, close } = await openOnnxModel(options, {
    load: ({ AutoModel }) => AutoModel,
    exportName: 'feature-extraction',
  })
  const { pooling } = options
  return {
    id: `${id} ${pooling}`,
    read: async (texts) => {
      try {
        const tokens = tokenize(texts)
        const vectors = pooled(pooling, await session(tokens), tokens)
        return finite(vectors.map(toUnitLength), id)
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

function pooled(
  pooling: Pooling,
  outputs: Readonly<Record<string, Tensor | undefined>>,
  { attention_mask }: TokenizedTexts,
): readonly Float32Array[] {
  switch (pooling) {
    case 'model':
      return rowsOf(wanted(outputs, ['sentence_embedding', 'pooler_output', 'text_embeds']))
    case 'cls':
      return firstTokens(wanted(outputs, tokenOutputs))
    case 'mean':
      return meanOfTokens(wanted(outputs, tokenOutputs), attention_mask)
  }
}

const tokenOutputs = ['last_hidden_state', 'token_embeddings', 'logits'] as const

function wanted(outputs: Readonly<Record<string, Tensor | undefined>>, names: readonly string[]): Tensor {
  for (const name of names) {
    const output = outputs[name]
    if (output) return output
  }
  throw new Error(
    `it gives ${Object.keys(outputs).join(', ')}, none of which is ${names.join(', ')}. Choose another \`pooling\`.`,
  )
}

function rowsOf({ data, dims }: Tensor): readonly Float32Array[] {
  const [texts, columns] = shape(dims, 2)
  return Array.from({ length: texts! }, (_, text) =>
    Float32Array.from({ length: columns! }, (_, column) => Number(data[text * columns! + column])),
  )
}

function firstTokens({ data, dims }: Tensor): readonly Float32Array[] {
  const [texts, tokens, columns] = shape(dims, 3)
  return Array.from({ length: texts! }, (_, text) =>
    Float32Array.from({ length: columns! }, (_, column) => Number(data[text * tokens! * columns! + column])),
  )
}

/** Padding tokens have mask 0 and no part in it. */
function meanOfTokens({ data, dims }: Tensor, mask: Tensor): readonly Float32Array[] {
  const [texts, tokens, columns] = shape(dims, 3)
  return Array.from({ length: texts! }, (_, text) => {
    const sum = new Float32Array(columns!)
    let count = 0
    for (let token = 0; token < tokens!; token++) {
      if (Number(mask.data[text * tokens! + token]) === 0) continue
      count++
      const start = (text * tokens! + token) * columns!
      for (let column = 0; column < columns!; column++) sum[column]! += Number(data[start + column])
    }
    return count === 0 ? sum : sum.map((value) => value / count)
  })
}

function shape(dims: readonly number[], rank: number): readonly number[] {
  if (dims.length === rank) return dims
  throw new Error(`its output has the shape ${dims.join(' x ')}. Choose another \`pooling\`.`)
}

function finite(vectors: readonly Float32Array[], id: string): TextResults<Float32Array> {
  if (vectors.every((vector) => vector.every(Number.isFinite))) return { kind: 'read', values: vectors }
  return {
    kind: 'failed',
    failure: failure('unreadable', `${id} gave numbers that are not finite. Try other \`weights\`.`),
  }
}
