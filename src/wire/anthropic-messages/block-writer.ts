/**
 * Writes the blocks of a stream, one open at a time. Vendors of other formats may go on with a call of a tool after another
 * has begun: a call waits until the one before it is whole.
 */
import type { OpaquePart, SealedReasoning } from '../../domain/request.ts'
import { isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { formatName } from './blocks.ts'
import type { OpenBlock } from './stream-blocks.ts'

type Call = {
  readonly call: number
  readonly id: string
  readonly name: string
  /** Another writer began it: nobody here can tell when it is whole. */
  readonly resumed: boolean
  argumentsText: string
}

export class BlockWriter {
  #next: number
  #open: OpenBlock['kind'] | null
  /** The call whose block is open; its arguments are as far as this writer wrote them. */
  #call: Call | null = null
  #waiting: Call[] = []
  readonly #event: (value: JsonObject) => string

  constructor(
    { nextBlock, block }: { readonly nextBlock: number; readonly block: OpenBlock | null },
    event: (value: JsonObject) => string,
  ) {
    this.#next = nextBlock
    this.#open = block?.kind ?? null
    if (block?.kind === 'call')
      this.#call = { call: block.call, id: '', name: '', resumed: true, argumentsText: '' }
    this.#event = event
  }

  text(text: string): string {
    return this.#begin('text', { type: 'text', text: '' }) + this.#delta({ type: 'text_delta', text })
  }

  thinking(thinking: string): string {
    return this.#beginThinking() + this.#delta({ type: 'thinking_delta', thinking })
  }

  /** Ends the thought: what is thought after it is another one. */
  seal({ format, data, redacted }: SealedReasoning): string {
    if (format !== formatName) return ''
    if (redacted)
      return this.close() + this.#start('redacted', { type: 'redacted_thinking', data }) + this.close()
    return this.#beginThinking() + this.#delta({ type: 'signature_delta', signature: data }) + this.close()
  }

  opaque({ format, value }: OpaquePart): string {
    if (format !== formatName) return ''
    if (value.type === 'citations_delta')
      return this.#begin('text', { type: 'text', text: '' }) + this.#delta(value)
    // Clients gather an input from deltas, wherever a block has one.
    const { input } = value
    if (!isObject(input)) return this.close() + this.#start('opaque', value) + this.close()
    const json = { type: 'input_json_delta', partial_json: JSON.stringify(input) }
    return this.close() + this.#start('opaque', { ...value, input: {} }) + this.#delta(json) + this.close()
  }

  callStart(call: number, id: string, name: string): string {
    const next: Call = { call, id, name, resumed: false, argumentsText: '' }
    if (this.#call === null || (this.#waiting.length === 0 && isWhole(this.#call)))
      return this.close() + this.#startCall(next)
    this.#waiting.push(next)
    return ''
  }

  callDelta(call: number, argumentsText: string): string {
    const waiting = this.#waiting.find((other) => other.call === call)
    if (waiting !== undefined) {
      waiting.argumentsText += argumentsText
      return ''
    }
    if (this.#call?.call !== call) return ''
    this.#call.argumentsText += argumentsText
    return this.#delta({ type: 'input_json_delta', partial_json: argumentsText }) + this.#writeWaiting()
  }

  /** Closes what stands open, and writes the calls that waited. */
  close(): string {
    let text = this.#stop()
    for (const call of this.#waiting.splice(0)) text += this.#startCall(call) + this.#stop()
    return text
  }

  /** The open call may just have become whole. */
  #writeWaiting(): string {
    let text = ''
    while (this.#waiting.length > 0 && this.#call !== null && isWhole(this.#call))
      text += this.#stop() + this.#startCall(this.#waiting.shift()!)
    return text
  }

  #startCall(call: Call): string {
    const { id, name, argumentsText } = call
    const text = this.#start('call', { type: 'tool_use', id, name, input: {} })
    this.#call = call
    return argumentsText === ''
      ? text
      : text + this.#delta({ type: 'input_json_delta', partial_json: argumentsText })
  }

  #beginThinking(): string {
    return this.#begin('thinking', { type: 'thinking', thinking: '', signature: '' })
  }

  #begin(kind: OpenBlock['kind'], block: JsonObject): string {
    return this.#open === kind ? '' : this.close() + this.#start(kind, block)
  }

  #start(kind: OpenBlock['kind'], block: JsonObject): string {
    this.#open = kind
    return this.#event({ type: 'content_block_start', index: this.#next++, content_block: block })
  }

  #delta(delta: JsonObject): string {
    return this.#event({ type: 'content_block_delta', index: this.#next - 1, delta })
  }

  #stop(): string {
    if (this.#open === null) return ''
    this.#open = null
    this.#call = null
    return this.#event({ type: 'content_block_stop', index: this.#next - 1 })
  }
}

/** A call without arguments may be whole, too. */
const isWhole = ({ resumed, argumentsText }: Call): boolean =>
  resumed || argumentsText.trim() === '' || isObject(parsedJson(argumentsText))
