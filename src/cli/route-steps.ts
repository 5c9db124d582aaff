import type { Trace, TraceEnd, TraceStep } from '../domain/trace.ts'
import { unreachable } from '../domain/unreachable.ts'

/** What a strategy would do, step by step, as far as can be told without asking anybody; nothing where it only forwards. */
export function stepLines({ steps, end }: Trace): readonly string[] {
  const next = nextText(end)
  return [...steps.map(stepText), ...(next === null ? [] : [next])].map(
    (text, place) => `${place + 1}. ${text}`,
  )
}

function stepText(step: TraceStep): string {
  switch (step.kind) {
    case 'ask': {
      const calls = step.calls.map(({ model, result }) =>
        result.kind === 'failed' ? `${model} (${result.failure.message})` : model,
      )
      return `It asks ${calls.join(', ')}.`
    }
    case 'consult': {
      const said = step.said.map(({ consultant, about, result }) => {
        const of = about === null ? 'the request' : `the answer of ${about}`
        return `${consultant} of ${of}${result.kind === 'silent' ? ` (${result.failure.message})` : ''}`
      })
      return `It consults ${said.join(', ')}.`
    }
    default:
      return unreachable(step)
  }
}

function nextText(end: TraceEnd): string | null {
  switch (end.kind) {
    case 'would-ask':
      return end.models.length === 1
        ? `It would ask ${end.models[0]}, and go by the answer.`
        : `It would ask ${end.models.join(', ')} at once, and go by the answers.`
    case 'would-consult':
      return `It would consult ${end.consultants.join(', ')}, and go by what is said; without an opinion it goes on too.`
    case 'forward':
    case 'reply':
    case 'refuse':
      return null
    default:
      return unreachable(end)
  }
}
