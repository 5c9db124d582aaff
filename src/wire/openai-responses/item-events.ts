/** The events of one item: its parts begin, grow and are done. What was said is added to the item as it is written. */
import { unreachable } from '../../domain/unreachable.ts'
import { inputOfArguments, nextInput } from './freeform.ts'
import { encodeSpeech, type ItemStatus, noSpeech, type OutputItem, type Speech } from './output.ts'
import { field, logprobsField, placeFields } from './stream-events.ts'
import type { StreamItem } from './stream-state.ts'

export type Write = (type: string, fields: string) => string

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

export type WrittenItem = Mutable<StreamItem> & { status: ItemStatus }
export type WrittenOf<Kind extends OutputItem['kind']> = WrittenItem & { item: OutputItem & { kind: Kind } }

/** What the JSON of a freeform call says of its input by now. */
export function inputDelta(at: WrittenOf<'call'>, write: Write): string {
  const { id, argumentsText, readTo, sentInput } = at.item
  const next = nextInput(argumentsText, readTo)
  at.item = { ...at.item, readTo: next.readTo, sentInput: sentInput + next.text }
  if (next.text === '') return ''
  return write('response.custom_tool_call_input.delta', placeFields(id, at.place) + field('delta', next.text))
}

export function spoken(at: WrittenOf<'message'>, speech: Speech, write: Write): string {
  const { id } = at.item
  let text = ''
  const last = at.item.speech.at(-1)
  if (!at.partOpen || last?.kind !== speech.kind) {
    text = doneParts(at, write)
    const empty = noSpeech(speech.kind)
    const place = placeFields(id, at.place, ['content_index', at.item.speech.length])
    text += write('response.content_part.added', place + field('part', encodeSpeech(empty)))
    at.item = { ...at.item, speech: [...at.item.speech, empty] }
    at.partOpen = true
  }
  const list = at.item.speech as Mutable<Speech>[]
  const going = list.at(-1)!
  const place = placeFields(id, at.place, ['content_index', list.length - 1])
  going.text += speech.text
  if (speech.logprobs.length > 0) going.logprobs = [...going.logprobs, ...speech.logprobs]
  const fields = place + field('delta', speech.text)
  if (speech.kind === 'refusal') return text + write('response.refusal.delta', fields)
  return text + write('response.output_text.delta', fields + logprobsField(speech.logprobs))
}

export function thought(at: WrittenOf<'reasoning'>, delta: string, write: Write): string {
  const place = placeFields(at.item.id, at.place, ['summary_index', 0])
  let text = ''
  if (!at.partOpen) {
    at.partOpen = true
    text = write(
      'response.reasoning_summary_part.added',
      place + field('part', { type: 'summary_text', text: '' }),
    )
  }
  at.item = { ...at.item, text: at.item.text + delta }
  return text + write('response.reasoning_summary_text.delta', place + field('delta', delta))
}

/** The events that say of a part of the item that it is done, where one is open. */
export function doneParts(at: WrittenItem, write: Write): string {
  const { item, place } = at
  switch (item.kind) {
    case 'message': {
      const last = item.speech.at(-1)
      if (!at.partOpen || last === undefined) return ''
      const where = placeFields(item.id, place, ['content_index', item.speech.length - 1])
      const said =
        last.kind === 'text'
          ? write(
              'response.output_text.done',
              where + field('text', last.text) + logprobsField(last.logprobs),
            )
          : write('response.refusal.done', where + field('refusal', last.text))
      return said + write('response.content_part.done', where + field('part', encodeSpeech(last)))
    }
    case 'reasoning': {
      if (!at.partOpen) return ''
      const where = placeFields(item.id, place, ['summary_index', 0])
      const part = { type: 'summary_text', text: item.text }
      return (
        write('response.reasoning_summary_text.done', where + field('text', item.text)) +
        write('response.reasoning_summary_part.done', where + field('part', part))
      )
    }
    case 'call':
      return doneCall(item, place, write)
    case 'opaque':
      return ''
    default:
      return unreachable(item)
  }
}

function doneCall(
  { id, name, argumentsText, freeform, sentInput }: OutputItem & { kind: 'call' },
  place: number,
  write: Write,
): string {
  const where = placeFields(id, place)
  if (!freeform) {
    const fields = where + field('name', name) + field('arguments', argumentsText)
    return write('response.function_call_arguments.done', fields)
  }
  const input = argumentsText === '' ? '' : inputOfArguments(argumentsText)
  const rest = input.startsWith(sentInput) ? input.slice(sentInput.length) : ''
  return (
    (rest === '' ? '' : write('response.custom_tool_call_input.delta', where + field('delta', rest))) +
    write('response.custom_tool_call_input.done', where + field('input', input))
  )
}
