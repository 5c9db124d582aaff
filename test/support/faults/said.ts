/** What a fault server's models say. */
export type Said = {
  readonly words: readonly string[]
  readonly reasoning: readonly string[]
  readonly toolCall: { readonly name: string; readonly argumentsPieces: readonly string[] } | null
  readonly usage: boolean
}

/** Every answer is these words, in as many events, unless it is told otherwise. */
export const words = ['One ', 'two ', 'three ', 'four ', 'five.']
export const wholeText = words.join('')

export const plainWords: Said = { words, reasoning: [], toolCall: null, usage: true }

/** The tokens that every answer has used, whatever it says. */
export const reportedTokens = { input: 40, cached: 8, output: 10 }

/** A request as far as a fault server looks into it. */
export type Asked = {
  readonly model: string
  readonly stream: boolean
  /** The text that the answer is to go on from, and how that was asked for. */
  readonly continues: { readonly kind: 'prefill' | 'instruction'; readonly text: string } | null
}

/** One event of a stream, framing included. */
export type SaidEvent = {
  readonly says: 'start' | 'reasoning' | 'word' | 'tool-call' | 'finish' | 'usage' | 'end'
  readonly text: string
}

/** A wire format as a vendor speaks it. */
export type SpokenFormat = {
  readonly name: string
  readonly read: (body: unknown) => Asked
  readonly whole: (asked: Asked, said: Said) => string
  readonly events: (asked: Asked, said: Said) => readonly SaidEvent[]
  /** One event with an error in it. */
  readonly errorEvent: (error: unknown) => string
  /** Half an event, with its blank line. */
  readonly brokenEvent: string
}
