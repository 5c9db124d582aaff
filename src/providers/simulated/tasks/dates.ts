import { type Draw, integerBetween, pick } from '../../../domain/random.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { choiceIn, conclusionOf, givesNumber } from './matching.ts'
import { anotherOf, nearNumber } from './mistakes.ts'
import type { Level, TaskFamily } from './task.ts'
import { months, weekdays } from './vocabulary.ts'

/** Questions about the calendar. Days are counted from 1970-01-01 (UTC), so that no time zone comes in. */
type Question =
  | { readonly kind: 'weekday-later'; readonly from: number; readonly days: number }
  | { readonly kind: 'days-later'; readonly from: number; readonly days: number }
  | { readonly kind: 'days-between'; readonly from: number; readonly to: number }
  | { readonly kind: 'working-days'; readonly from: number; readonly to: number }
  | { readonly kind: 'weekday-of'; readonly date: number }
  | {
      readonly kind: 'months-later'
      readonly from: number
      readonly months: number
      readonly days: number
      readonly asks: 'date' | 'weekday'
    }

export const dates: TaskFamily = {
  kind: 'dates',
  approach: ['Counting through the calendar month by month, with leap years in mind.'],
  generate(draw, level) {
    const question = randomQuestion(draw, level)
    return {
      kind: 'dates',
      level,
      prompt: asked(draw, question),
      answer: answerTo(question),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const question = questionIn(prompt)
    return question && { level: levelOf(question), solve: () => answerTo(question) }
  },
  check({ answer }, text) {
    if ((weekdays as readonly string[]).includes(answer)) return choiceIn(weekdays, text) === answer
    if (!answer.includes('-') || answer.startsWith('-')) return givesNumber(answer, text)
    const { text: conclusion, marked } = conclusionOf(text)
    const found = datesIn(conclusion)
    return (marked ? found[0] : found.at(-1)) === dayNumber(answer)
  },
  mistake(draw, { answer }) {
    const weekday = weekdays.find((name) => name === answer)
    if (weekday) return anotherOf(draw, weekdays, weekday)
    if (!/^\d{4}-/.test(answer)) return String(nearNumber(draw, Number(answer)))
    return isoDate(dayNumber(answer) + pick(draw, [-1, 1, 1, 2, -2, 30, -31]))
  },
}

function randomQuestion(draw: Draw, level: Level): Question {
  const from = integerBetween(draw, dayNumber('1995-01-01'), dayNumber('2035-12-31'))
  switch (level) {
    case 1:
      return { kind: 'weekday-later', from: integerBetween(draw, 0, 6), days: integerBetween(draw, 3, 40) }
    case 2:
      return draw() < 0.5
        ? { kind: 'days-later', from, days: integerBetween(draw, 4, 31) }
        : { kind: 'days-between', from, to: from + integerBetween(draw, 8, 60) }
    case 3:
      return draw() < 0.5
        ? { kind: 'days-later', from, days: integerBetween(draw, 50, 250) }
        : { kind: 'days-between', from, to: from + integerBetween(draw, 80, 360) }
    case 4:
      return pick(draw, [
        { kind: 'weekday-of', date: from },
        { kind: 'days-between', from, to: from + integerBetween(draw, 500, 3000) },
        {
          kind: 'months-later',
          from,
          months: integerBetween(draw, 5, 30),
          days: integerBetween(draw, 10, 60),
          asks: 'date',
        },
      ] as const)
    case 5:
      return draw() < 0.5
        ? { kind: 'working-days', from, to: from + integerBetween(draw, 40, 400) }
        : {
            kind: 'months-later',
            from,
            months: integerBetween(draw, 5, 60),
            days: integerBetween(draw, 10, 90),
            asks: 'weekday',
          }
  }
}

function levelOf(question: Question): Level {
  switch (question.kind) {
    case 'weekday-later':
      return 1
    case 'days-later':
      return Math.abs(question.days) <= 31 ? 2 : 3
    case 'days-between': {
      const span = Math.abs(question.to - question.from)
      return span <= 60 ? 2 : span <= 366 ? 3 : 4
    }
    case 'weekday-of':
      return 4
    case 'months-later':
      return question.asks === 'weekday' ? 5 : 4
    case 'working-days':
      return 5
    default:
      return unreachable(question)
  }
}

function answerTo(question: Question): string {
  switch (question.kind) {
    case 'weekday-later':
      return weekdays[(((question.from + question.days) % 7) + 7) % 7]!
    case 'days-later':
      return isoDate(question.from + question.days)
    case 'days-between':
      return String(Math.abs(question.to - question.from))
    case 'weekday-of':
      return weekdayOf(question.date)
    case 'months-later': {
      const day = monthsLater(question.from, question.months) + question.days
      return question.asks === 'date' ? isoDate(day) : weekdayOf(day)
    }
    case 'working-days': {
      let count = 0
      for (let day = question.from; day < question.to; day++) if (!/^S/.test(weekdayOf(day))) count++
      return String(count)
    }
    default:
      return unreachable(question)
  }
}

const dayMs = 86_400_000
const dayNumber = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / dayMs
const isoDate = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
// 1970-01-01 was a Thursday.
const weekdayOf = (day: number): string => weekdays[(((day + 4) % 7) + 7) % 7]!

/** The same day of a later month, or that month's last day where it is shorter. */
function monthsLater(day: number, count: number): number {
  const date = new Date(day * dayMs)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() + count
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) / dayMs
}

function asked(draw: Draw, question: Question): string {
  const style = integerBetween(draw, 0, 2)
  const on = (day: number) => dateAs(style, day)
  switch (question.kind) {
    case 'weekday-later': {
      const from = weekdays[question.from]!
      return pick(draw, [
        `Today is ${from}. What day of the week will it be in ${question.days} days?`,
        `If it is ${from} now, which weekday comes ${question.days} days later?`,
        `A parcel sent on a ${from} takes ${question.days} days. On which day of the week does it arrive?`,
      ])
    }
    case 'days-later':
      return pick(draw, [
        `What is the date ${question.days} days after ${on(question.from)}? Answer as YYYY-MM-DD.`,
        `A trial starts on ${on(question.from)} and ends ${question.days} days later. Give the end date as YYYY-MM-DD.`,
        `Add ${question.days} days to ${on(question.from)} and tell me the resulting date (YYYY-MM-DD).`,
      ])
    case 'days-between':
      return pick(draw, [
        `How many days are there between ${on(question.from)} and ${on(question.to)}?`,
        `Find the number of days from ${on(question.from)} to ${on(question.to)}.`,
        `We opened on ${on(question.from)} and closed on ${on(question.to)}. How many days passed?`,
      ])
    case 'weekday-of':
      return pick(draw, [
        `What day of the week is ${on(question.date)}?`,
        `On which weekday does ${on(question.date)} fall?`,
        `My appointment is on ${on(question.date)}. Which day of the week is that?`,
      ])
    case 'months-later':
      return monthsAsked(draw, question, on)
    case 'working-days':
      return pick(draw, [
        `Counting Monday to Friday only, how many working days are there from ${on(question.from)} up to but not including ${on(question.to)}?`,
        `How many business days lie in the period that begins on ${on(question.from)} and ends the day before ${on(question.to)}? Ignore holidays.`,
      ])
    default:
      return unreachable(question)
  }
}

function monthsAsked(
  draw: Draw,
  question: Extract<Question, { kind: 'months-later' }>,
  on: (day: number) => string,
): string {
  const span = `${question.months} months and ${question.days} days`
  const clamp = 'If a month is too short, take its last day before adding the days.'
  if (question.asks === 'date') {
    return pick(draw, [
      `Which date is ${span} after ${on(question.from)}? ${clamp} Answer as YYYY-MM-DD.`,
      `A contract signed on ${on(question.from)} runs for ${span}. When does it end? ${clamp} Use the form YYYY-MM-DD.`,
    ])
  }
  return pick(draw, [
    `On which day of the week does the date fall that is ${span} after ${on(question.from)}? ${clamp}`,
    `A loan starts on ${on(question.from)} and is due ${span} later. What weekday is the due date? ${clamp}`,
  ])
}

function dateAs(style: number, day: number): string {
  const date = new Date(day * dayMs)
  const month = months[date.getUTCMonth()]!
  if (style === 0) return isoDate(day)
  if (style === 1) return `${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`
  return `${month} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
}

const monthPattern = months.join('|')
const datePattern = new RegExp(
  `(\\d{4})-(\\d{2})-(\\d{2})|(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${monthPattern}),? (\\d{4})|(${monthPattern}) (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})`,
  'gi',
)

/** Day numbers of the dates in a text, in order; impossible dates are left out. */
function datesIn(text: string): number[] {
  const found: number[] = []
  for (const match of text.matchAll(datePattern)) {
    const [, isoYear, isoMonth, isoDay, day, month, year, monthFirst, dayAfter, yearAfter] = match
    const name = (month ?? monthFirst ?? '').toLowerCase()
    const monthNumber = isoMonth ? Number(isoMonth) : months.findIndex((m) => m.toLowerCase() === name) + 1
    const parts = [isoYear ?? year ?? yearAfter, monthNumber, isoDay ?? day ?? dayAfter]
    const [y, m, d] = parts.map((part) => String(part).padStart(2, '0'))
    const number = dayNumber(`${y}-${m}-${d}`)
    if (Number.isInteger(number)) found.push(number)
  }
  return found
}

function questionIn(prompt: string): Question | null {
  const found = datesIn(prompt)
  const rest = prompt.replace(datePattern, ' ').toLowerCase()
  const asksWeekday = /\bweekday\b|day of the week|which day\b|what day\b/.test(rest)
  const days = Number(/(\d+) days?\b/.exec(rest)?.[1] ?? 0)
  const monthCount = Number(/(\d+) months?\b/.exec(rest)?.[1] ?? 0)
  const sign = /\b(?:before|earlier|ago|back|subtract)\b(?! adding)/.test(rest) ? -1 : 1
  const [first, second] = found
  if (first !== undefined && second !== undefined && found.length === 2) {
    if (/\b(?:working|business) days\b|monday to friday/.test(rest)) {
      return { kind: 'working-days', from: first, to: second }
    }
    return /\bdays\b/.test(rest) ? { kind: 'days-between', from: first, to: second } : null
  }
  if (first !== undefined && found.length === 1) {
    if (monthCount > 0) {
      return {
        kind: 'months-later',
        from: first,
        months: sign * monthCount,
        days: sign * days,
        asks: asksWeekday ? 'weekday' : 'date',
      }
    }
    if (asksWeekday && days === 0) return { kind: 'weekday-of', date: first }
    return days > 0 && /\bdate\b|\bwhen\b|yyyy/.test(rest)
      ? { kind: 'days-later', from: first, days: sign * days }
      : null
  }
  const from = weekdays.findIndex((name) => rest.includes(name.toLowerCase()))
  if (found.length === 0 && from >= 0 && days > 0 && asksWeekday) {
    return { kind: 'weekday-later', from, days: sign * days }
  }
  return null
}
