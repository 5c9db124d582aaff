import { type Draw, integerBetween, pick } from '../../../domain/random.ts'
import { givesNumber } from './matching.ts'
import { nearNumber } from './mistakes.ts'
import { drawUntil, type Level, levelFrom, type TaskFamily } from './task.ts'

/** Sums of quantities, turned into another unit. The level is how many quantities there are and how odd their units. */
type Unit = {
  readonly measures: 'length' | 'mass' | 'time' | 'volume'
  /** In metres, grams, seconds or litres. Imperial and US units by their international definitions. */
  readonly size: number
  readonly decimal: boolean
  /** Singular, plural, then short forms. */
  readonly names: readonly [string, string, ...string[]]
}

const unit = (measures: Unit['measures'], size: number, decimal: boolean, ...names: Unit['names']): Unit => ({
  measures,
  size,
  decimal,
  names,
})

const units: readonly Unit[] = [
  unit('length', 0.001, true, 'millimetre', 'millimetres', 'mm', 'millimeter', 'millimeters'),
  unit('length', 0.01, true, 'centimetre', 'centimetres', 'cm', 'centimeter', 'centimeters'),
  unit('length', 1, true, 'metre', 'metres', 'm', 'meter', 'meters'),
  unit('length', 1000, true, 'kilometre', 'kilometres', 'km', 'kilometer', 'kilometers'),
  unit('length', 0.0254, false, 'inch', 'inches'),
  unit('length', 0.3048, false, 'foot', 'feet', 'ft'),
  unit('length', 0.9144, false, 'yard', 'yards'),
  unit('length', 1609.344, false, 'mile', 'miles'),
  unit('mass', 0.001, true, 'milligram', 'milligrams', 'mg'),
  unit('mass', 1, true, 'gram', 'grams', 'g'),
  unit('mass', 1000, true, 'kilogram', 'kilograms', 'kg'),
  unit('mass', 28.349523125, false, 'ounce', 'ounces', 'oz'),
  unit('mass', 453.59237, false, 'pound', 'pounds', 'lb'),
  unit('time', 1, true, 'second', 'seconds'),
  unit('time', 60, true, 'minute', 'minutes'),
  unit('time', 3600, true, 'hour', 'hours'),
  unit('time', 86_400, true, 'day', 'days'),
  unit('time', 604_800, true, 'week', 'weeks'),
  unit('volume', 0.001, true, 'millilitre', 'millilitres', 'ml', 'milliliter', 'milliliters'),
  unit('volume', 1, true, 'litre', 'litres', 'liter', 'liters'),
  unit('volume', 1000, true, 'cubic metre', 'cubic metres', 'cubic meter', 'cubic meters'),
  unit('volume', 3.785411784, false, 'US gallon', 'US gallons'),
  unit('volume', 0.473176473, false, 'US pint', 'US pints'),
]

type Quantity = { readonly amount: number; readonly unit: Unit; readonly sign: 1 | -1 }
type Conversion = { readonly quantities: readonly Quantity[]; readonly target: Unit }

const quantitiesOf: Readonly<Record<Level, readonly [number, number]>> = {
  1: [1, 1],
  2: [1, 1],
  3: [2, 2],
  4: [3, 3],
  5: [4, 6],
}

export const unitConversion: TaskFamily = {
  kind: 'units',
  approach: [
    'Each quantity is brought to one base unit, the amounts are added up, and the sum is converted.',
  ],
  generate(draw, level) {
    const conversion = drawUntil(
      () => randomConversion(draw, level),
      (made) => levelOf(made) === level && readable(made),
    )
    return {
      kind: 'units',
      level,
      prompt: asked(draw, conversion),
      answer: String(converted(conversion)),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const conversion = conversionIn(prompt)
    return conversion && { level: levelOf(conversion), solve: () => String(converted(conversion)) }
  },
  check: ({ answer }, text) => givesNumber(answer, text, 0.0051),
  mistake(draw, { answer }) {
    const value = Number(answer)
    const slips = [nearNumber(draw, value), value * 10, value / 10, value * 1.1]
    return String(
      Number(
        pick(
          draw,
          slips.filter((slip) => Math.abs(slip - value) > 0.02),
        ).toFixed(2),
      ),
    )
  },
}

function randomConversion(draw: Draw, level: Level): Conversion {
  const measures = pick(draw, ['length', 'mass', 'time', 'volume'] as const)
  const family = units.filter((member) => member.measures === measures)
  const [least, most] = quantitiesOf[level]
  const count = integerBetween(draw, least, most)
  const quantities: Quantity[] = []
  for (let index = 0; index < count; index++) {
    const amount = draw() < 0.4 ? integerBetween(draw, 11, 199) / 10 : integerBetween(draw, 2, 60)
    const sign = index > 0 && draw() < 0.35 ? -1 : 1
    quantities.push({ amount, unit: pick(draw, family), sign })
  }
  return { quantities, target: pick(draw, family) }
}

/** A number that a person would ask for: not zero after rounding, not astronomic, and something is converted. */
function readable(conversion: Conversion): boolean {
  const value = converted(conversion)
  const { quantities, target } = conversion
  return value >= 0.5 && value < 1e7 && quantities.some((quantity) => quantity.unit !== target)
}

function levelOf({ quantities, target }: Conversion): Level {
  if (quantities.length > 1) return levelFrom(quantities.length + 1)
  return target.decimal && quantities[0]!.unit.decimal ? 1 : 2
}

/** In the target unit, rounded to two decimals. */
function converted({ quantities, target }: Conversion): number {
  let base = 0
  for (const quantity of quantities) base += quantity.sign * quantity.amount * quantity.unit.size
  return Number((base / target.size).toFixed(2))
}

function asked(draw: Draw, { quantities, target }: Conversion): string {
  const short = draw() < 0.3
  const into = target.names[1]
  const said = quantities.map((quantity) => {
    const name = quantity.amount === 1 ? quantity.unit.names[0] : quantity.unit.names[1]
    return `${quantity.amount} ${short && quantity.unit.decimal ? (quantity.unit.names[2] ?? name) : name}`
  })
  const rounding = pick(draw, ['Round to two decimals.', 'Give at most two decimal places.'])
  if (quantities.length === 1) {
    return pick(draw, [
      `Convert ${said[0]} to ${into}. ${rounding}`,
      `How many ${into} are ${said[0]}? ${rounding}`,
      `Express ${said[0]} in ${into}. ${rounding}`,
      `I have a recipe that says ${said[0]}; what is that in ${into}? ${rounding}`,
    ])
  }
  const terms = said.slice(1).map((text, index) => ({ text, minus: quantities[index + 1]!.sign < 0 }))
  const inline = terms.map(({ text, minus }) => ` ${minus ? 'minus' : 'plus'} ${text}`).join('')
  const steps = terms.map(({ text, minus }) => `, ${minus ? 'take away' : 'add'} ${text}`).join('')
  return pick(draw, [
    `How many ${into} are ${said[0]}${inline}? ${rounding}`,
    `Work out ${said[0]}${inline} and give the total in ${into}. ${rounding}`,
    `Start with ${said[0]}${steps}. What is the result in ${into}? ${rounding}`,
  ])
}

const nameToUnit = new Map(
  units.flatMap((member) => member.names.map((name) => [name.toLowerCase(), member])),
)
const namePattern = [...nameToUnit.keys()].sort((a, b) => b.length - a.length).join('|')
const quantityPattern = new RegExp(`(\\d+(?:\\.\\d+)?) ?(${namePattern})\\b`, 'gi')
const targetPattern = new RegExp(`\\b(?:in|to|into|as|many) (${namePattern})\\b`, 'gi')
const intent = /\b(?:convert|how many|express|what is|work out|give|turn|change|total|calculate)\b/i

function conversionIn(prompt: string): Conversion | null {
  const targets = [...prompt.matchAll(targetPattern)]
  const target = nameToUnit.get(targets[0]?.[1]?.toLowerCase() ?? '')
  if (targets.length !== 1 || !target || !intent.test(prompt)) return null
  const quantities: Quantity[] = []
  let readTo = 0
  for (const match of prompt.matchAll(quantityPattern)) {
    const before = prompt.slice(readTo, match.index)
    readTo = match.index + match[0].length
    const member = nameToUnit.get(match[2]!.toLowerCase())!
    const sign = /\b(?:minus|subtract|less|take away|remove|without)\b[^.]*$/i.test(before) ? -1 : 1
    quantities.push({ amount: Number(match[1]), unit: member, sign })
  }
  if (quantities.length === 0 || quantities.some((quantity) => quantity.unit.measures !== target.measures))
    return null
  return { quantities, target }
}
