/** What says of a tool that it is wanted, each of about 0 to 1. */
export type Evidence = {
  /** Words of the request, by BM25F, beside the tool that has most of them. */
  readonly words: number
  /** The same for that part of the request of which the tool has most. */
  readonly part: number
  /** How much of the tool's name the request says. */
  readonly name: number
  /** Likeness of the encoder's vectors, in deviations above what it is for the other tools. */
  readonly vector: number
}
export const evidenceNames = [
  'words',
  'part',
  'name',
  'vector',
] as const satisfies readonly (keyof Evidence)[]

export type FusionWeights = Readonly<Record<keyof Evidence, number>>

/**
 * The weights of a multinomial logit: P(tool) = softmax(sum of weight x evidence). Fitted by `bench/tool-selection.ts --fit` on
 * requests that no reported figure is measured on.
 */
export const fusionWeights: FusionWeights = { words: 2.3, part: 2.2, name: 0.7, vector: 1.3 }
