import { type Draw, integerBetween, pick } from '../../../../domain/random.ts'
import { cities, months, people, surnames, words } from '../vocabulary.ts'

/** What can stand in a record: how its values are made, how texts state them, and so how they are read back. */
export type Field = {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number'
  /** What a value looks like in a text. */
  readonly pattern: string
  readonly make: (draw: Draw) => string
  /** Whole sentences in which `{}` is the value. */
  readonly sentences: readonly string[]
}

export type RecordKind = {
  readonly name: string
  readonly fields: readonly Field[]
  readonly lines: LineItems | null
  /** Sentences that state nothing that is asked for, though they look as if they did. */
  readonly asides: readonly ((draw: Draw) => string)[]
}

/** A list of parts, each with the same few fields, stated one after the other. */
export type LineItems = {
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly type: 'string' | 'integer' | 'number' }[]
  readonly make: (draw: Draw) => Readonly<Record<string, string | number>>
  readonly write: (item: Readonly<Record<string, string | number>>) => string
  readonly intro: string
  /** One named group per field. */
  readonly pattern: RegExp
}

const fullName = (draw: Draw): string => `${pick(draw, people)} ${pick(draw, surnames)}`
const namePattern = '[A-Z][a-z]+ [A-Z][a-z]+'
const whole = (low: number, high: number) => (draw: Draw) => String(integerBetween(draw, low, high))
const twoDigits = (value: number): string => String(value).padStart(2, '0')
const dayOf = (draw: Draw): string =>
  `2025-${twoDigits(integerBetween(draw, 1, months.length))}-${twoDigits(integerBetween(draw, 1, 28))}`
const text = (
  name: string,
  pattern: string,
  make: (draw: Draw) => string,
  ...sentences: readonly string[]
): Field => ({ name, type: 'string', pattern, make, sentences })
const count = (name: string, low: number, high: number, ...sentences: readonly string[]): Field => ({
  name,
  type: 'integer',
  pattern: '\\d+',
  make: whole(low, high),
  sentences,
})

const goods: LineItems = {
  name: 'items',
  fields: [
    { name: 'product', type: 'string' },
    { name: 'quantity', type: 'integer' },
    { name: 'unit_price', type: 'number' },
  ],
  make: (draw) => ({
    product: pick(draw, words),
    quantity: integerBetween(draw, 1, 24),
    unit_price: integerBetween(draw, 100, 9900) / 100,
  }),
  write: (item) => `${item.quantity} x ${item.product} at ${Number(item.unit_price).toFixed(2)} euros each`,
  intro: 'The order consists of ',
  pattern: /(?<quantity>\d+) x (?<product>[a-z]+) at (?<unit_price>\d+\.\d\d) euros each/g,
}

const talks: LineItems = {
  name: 'talks',
  fields: [
    { name: 'speaker', type: 'string' },
    { name: 'minutes', type: 'integer' },
  ],
  make: (draw) => ({ speaker: fullName(draw), minutes: integerBetween(draw, 2, 18) * 5 }),
  write: (item) => `${item.speaker} speaks for ${item.minutes} minutes`,
  intro: 'In this order: ',
  pattern: /(?<speaker>[A-Z][a-z]+ [A-Z][a-z]+) speaks for (?<minutes>\d+) minutes/g,
}

const order: RecordKind = {
  name: 'order',
  fields: [
    text(
      'order_number',
      '[A-Z]-\\d{4}',
      (draw) => `${pick(draw, [...'ABKRT'])}-${integerBetween(draw, 1000, 9999)}`,
      'The order number is {}.',
      'We are writing about order {}.',
    ),
    text('customer', namePattern, fullName, 'The customer is {}.', 'It was placed by {}.'),
    text(
      'city',
      '[A-Z][a-z]+',
      (draw) => pick(draw, cities),
      'The goods go to {}.',
      'Please deliver to our branch in {}.',
    ),
    text('order_date', '\\d{4}-\\d\\d-\\d\\d', dayOf, 'The order came in on {}.', 'Date of purchase: {}.'),
    count('parcels', 1, 12, 'It will be packed in {} parcels.', 'Number of parcels: {}.'),
    count('discount_percent', 2, 40, 'A discount of {} percent applies.', 'We grant {} percent off.'),
  ],
  lines: goods,
  asides: [
    (draw) => `An earlier purchase, K${integerBetween(draw, 100, 999)}, was cancelled last year.`,
    (draw) => `Our warehouse has moved to ${pick(draw, cities)}, but that changes nothing here.`,
    (draw) => `Questions are answered by ${fullName(draw)} at extension ${integerBetween(draw, 100, 999)}.`,
  ],
}

const person: RecordKind = {
  name: 'person',
  fields: [
    text('name', namePattern, fullName, 'This is about {}.', 'Our new colleague is called {}.'),
    count('age', 19, 68, 'The person is {} years old.', 'Age: {}.'),
    text(
      'city',
      '[A-Z][a-z]+',
      (draw) => pick(draw, cities),
      'Home is in {}.',
      'The place of residence is {}.',
    ),
    text(
      'email',
      '[a-z]+@[a-z]+\\.example',
      (draw) => `${pick(draw, words)}@${pick(draw, words)}.example`,
      'Mail goes to {}.',
      'The address for mail is {}.',
    ),
    text(
      'phone',
      '\\d{3}-\\d{4}',
      (draw) => `555-${integerBetween(draw, 1000, 9999)}`,
      'Call {} in office hours.',
      'The telephone number is {}.',
    ),
    count(
      'years_of_experience',
      1,
      30,
      'There are {} years of experience to build on.',
      'Experience: {} years.',
    ),
  ],
  lines: null,
  asides: [
    (draw) => `The previous holder of the post, ${fullName(draw)}, left at ${integerBetween(draw, 40, 66)}.`,
    (draw) => `The team has ${integerBetween(draw, 3, 30)} members in ${pick(draw, cities)}.`,
  ],
}

const event: RecordKind = {
  name: 'event',
  fields: [
    text(
      'title',
      '[A-Z][a-z]+ Days',
      (draw) => `${capitalised(pick(draw, words))} Days`,
      'The event is called {}.',
      'You are invited to the {}!',
    ),
    text('date', '\\d{4}-\\d\\d-\\d\\d', dayOf, 'It takes place on {}.', 'The date is {}.'),
    text(
      'start_time',
      '\\d\\d:\\d\\d',
      (draw) => `${twoDigits(integerBetween(draw, 8, 20))}:${pick(draw, ['00', '15', '30', '45'])}`,
      'Doors open at {}.',
      'We start at {}.',
    ),
    text(
      'venue',
      'Hall [A-Z]\\d',
      (draw) => `Hall ${pick(draw, [...'ABCDE'])}${integerBetween(draw, 1, 9)}`,
      'Come to {}.',
      'The venue is {}.',
    ),
    text(
      'city',
      '[A-Z][a-z]+',
      (draw) => pick(draw, cities),
      'This year we meet in {}.',
      'The host city is {}.',
    ),
    count('seats', 20, 900, 'There are {} seats.', 'Seats available: {}.'),
  ],
  lines: talks,
  asides: [
    (draw) => `Last year it drew ${integerBetween(draw, 100, 999)} guests in ${pick(draw, cities)}.`,
    (draw) => `The old venue, Room ${integerBetween(draw, 1, 9)}, is closed for repairs.`,
  ],
}

function capitalised(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}

export const recordKinds: readonly RecordKind[] = [order, person, event]
