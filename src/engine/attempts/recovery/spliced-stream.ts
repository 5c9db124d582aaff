import type { Spoken, StreamEnd, TargetStream } from '../call-target.ts'
import { type Splice, spliceParts } from './splice.ts'

/** A second answer's stream, from the place on from which it is new to the client. Its bytes only say how much came. */
export class SplicedStream implements TargetStream {
  readonly #inner: TargetStream
  readonly #splice: Splice
  #held: Spoken | null = null

  constructor(inner: TargetStream, splice: Splice) {
    this.#inner = inner
    this.#splice = splice
  }

  get end(): StreamEnd | null {
    return this.#inner.end
  }

  get decoding(): unknown {
    return this.#inner.decoding
  }

  /** Reads until it is certain from where the answer goes on. False: it never will be, or the stream ended before. */
  async open(): Promise<boolean> {
    while (this.#splice.alignment.kind !== 'aligned') {
      if (this.#splice.alignment.kind === 'diverged') return false
      const spoken = await this.#inner.read()
      if (spoken === null) return false
      const parts = spliceParts(this.#splice, spoken.parts)
      if (parts.length > 0)
        this.#held = { bytes: spoken.bytes, parts: [...(this.#held?.parts ?? []), ...parts] }
    }
    return true
  }

  get diverged(): boolean {
    return this.#splice.alignment.kind === 'diverged'
  }

  async read(): Promise<Spoken | null> {
    const held = this.#held
    this.#held = null
    if (held !== null) return held
    for (;;) {
      const spoken = await this.#inner.read()
      if (spoken === null) return null
      const parts = spliceParts(this.#splice, spoken.parts)
      if (parts.length > 0) return { bytes: spoken.bytes, parts }
    }
  }

  close(): void {
    this.#held = null
    this.#inner.close()
  }
}
