import type { TextModel, TextResults } from '../../src/domain/text-model.ts'

export type HeldCall = {
  readonly texts: readonly string[]
  readonly signal: AbortSignal
  /** Lets the call end: with the length of each text, or as told. */
  readonly answer: (results?: TextResults<{ readonly length: number }>) => Promise<void>
}

export type HeldModel = {
  readonly model: TextModel<{ readonly length: number }>
  readonly calls: readonly HeldCall[]
  readonly closed: () => boolean
}

/** A text model whose every call waits until the test lets it end. */
export function aHeldModel(): HeldModel {
  const calls: HeldCall[] = []
  let closed = false
  return {
    calls,
    closed: () => closed,
    model: {
      id: 'held',
      read: (texts, signal) =>
        new Promise((resolve) => {
          const lengths = { kind: 'read', values: texts.map(({ length }) => ({ length })) } as const
          calls.push({
            texts,
            signal,
            answer: async (results = lengths) => {
              resolve(results)
              // Whoever waits for it has been told when the queue of this moment has run.
              await new Promise((told) => setImmediate(told))
            },
          })
        }),
      close: async () => {
        closed = true
      },
    },
  }
}

/** Time enough for texts to be taken together and for a call to begin. */
export const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15))
