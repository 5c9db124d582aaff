/** The items of a stream: each is announced, grows and is done, and is kept for the last event. */
import type { SealedReasoning } from '../../domain/request.ts'
import type { JsonObject } from '../lenient.ts'
import {
  doneParts,
  inputDelta,
  spoken,
  thought,
  type Write,
  type WrittenItem,
  type WrittenOf,
} from './item-events.ts'
import { reasoningId } from './items.ts'
import { callItem, encodeItem, type ItemStatus, itemId, type OutputItem, type Speech } from './output.ts'
import { field, placeFields } from './stream-events.ts'
import { nextPlace, type ResponsesStreamState, type StreamItem } from './stream-state.ts'

/** Each method gives the text of the events that it makes. */
export class ItemWriter {
  readonly #answerId: string
  readonly #freeform: ReadonlySet<string>
  readonly #write: Write
  readonly #items: WrittenItem[]
  #place: number

  /** `freeform` are the names of tools whose calls have a bare text as their input. */
  constructor(from: ResponsesStreamState, answerId: string, freeform: ReadonlySet<string>, write: Write) {
    this.#answerId = answerId
    this.#freeform = freeform
    this.#write = write
    this.#items = from.items.map(copyOf)
    this.#place = nextPlace(from)
  }

  speak(speech: Speech): string {
    const going = this.#lastOpen('message')
    if (going !== null) return spoken(going, speech, this.#write)
    const before = this.#closeTexts()
    const id = itemId('msg', this.#answerId, this.#place)
    const { added, at } = this.#begin<OutputItem & { kind: 'message' }>({ kind: 'message', id, speech: [] })
    return before + added + spoken(at, speech, this.#write)
  }

  think(delta: string): string {
    const going = this.#lastOpen('reasoning')
    if (going !== null) return thought(going, delta, this.#write)
    const before = this.#closeTexts()
    const { added, at } = this.#begin(noReasoning(reasoningId(this.#answerId, this.#place)))
    return before + added + thought(at, delta, this.#write)
  }

  /**
   * Ends the reasoning before it. That has been announced under an id of Fairlead's own, and a proof holds only for its
   * vendor's id: then it stands in an item of its own. Another format's proof means nothing here.
   */
  seal(sealed: SealedReasoning): string {
    const own = sealed.format === 'openai-responses' ? sealed : null
    const going = this.#lastOpen('reasoning')
    const fits = going !== null && own?.id === null
    if (fits) going.item = { ...going.item, sealed: own }
    const before = this.#closeTexts()
    if (own === null || fits) return before
    const { added, at } = this.#begin(noReasoning(own.id ?? reasoningId(this.#answerId, this.#place)))
    at.item = { ...at.item, sealed: own }
    return before + added + this.#close(at, 'completed')
  }

  /** An item of a hosted tool, whole. */
  add(value: JsonObject): string {
    const before = this.#closeTexts()
    const { added, at } = this.#begin<OutputItem>({ kind: 'opaque', value })
    return before + added + this.#close(at, 'completed')
  }

  call(id: string, name: string, freeform: boolean = this.#freeform.has(name)): string {
    const before = this.#closeTexts()
    const item = callItem({ id, name, argumentsText: '' }, this.#answerId, this.#place, freeform)
    return before + this.#begin(item).added
  }

  /** `index` counts calls alone. */
  argue(index: number, argumentsText: string): string {
    const at = this.#items.filter(isCall)[index]
    if (!at?.open) return ''
    at.item = { ...at.item, argumentsText: at.item.argumentsText + argumentsText }
    if (at.item.freeform) return inputDelta(at, this.#write)
    if (argumentsText === '') return ''
    const fields = placeFields(at.item.id, at.place) + field('delta', argumentsText)
    return this.#write('response.function_call_arguments.delta', fields)
  }

  /** `status` is that of the last item, which was still being written when the answer ended. */
  closeAll(status: ItemStatus): string {
    return this.#items
      .filter(({ open }) => open)
      .map((at) => this.#close(at, at === this.#items.at(-1) ? status : 'completed'))
      .join('')
  }

  output(): readonly unknown[] {
    return this.#items.map(({ item, status }) => encodeItem(item, status))
  }

  #begin<Item extends OutputItem>(item: Item): { added: string; at: WrittenItem & { item: Item } } {
    const at = {
      place: this.#place++,
      item,
      open: true,
      partOpen: false,
      status: 'in_progress' as ItemStatus,
    }
    this.#items.push(at)
    const fields = `,"output_index":${at.place}${field('item', encodeItem(item, 'in_progress'))}`
    return { added: this.#write('response.output_item.added', fields), at }
  }

  /** The last item, where it is of the kind and goes on. */
  #lastOpen<Kind extends OutputItem['kind']>(kind: Kind): WrittenOf<Kind> | null {
    const last = this.#items.at(-1)
    return last?.open && last.item.kind === kind ? (last as WrittenOf<Kind>) : null
  }

  /** Calls stay open: vendors of other formats may go back and forth between several. */
  #closeTexts(): string {
    return this.#items
      .filter((at) => at.open && !isCall(at))
      .map((at) => this.#close(at, 'completed'))
      .join('')
  }

  #close(at: WrittenItem, status: ItemStatus): string {
    const parts = doneParts(at, this.#write)
    at.open = false
    at.partOpen = false
    at.status = status
    const fields = `,"output_index":${at.place}${field('item', encodeItem(at.item, status))}`
    return parts + this.#write('response.output_item.done', fields)
  }
}

const isCall = (at: WrittenItem): at is WrittenOf<'call'> => at.item.kind === 'call'

const noReasoning = (id: string): OutputItem & { kind: 'reasoning' } => ({
  kind: 'reasoning',
  id,
  text: '',
  sealed: null,
})

/** Speech grows in place here; the state that it came from must stay as it was. */
function copyOf(from: StreamItem): WrittenItem {
  const { item } = from
  return {
    ...from,
    item: item.kind === 'message' ? { ...item, speech: item.speech.map((one) => ({ ...one })) } : item,
    status: from.open ? 'in_progress' : 'completed',
  }
}
