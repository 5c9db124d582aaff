/**
 * What a simulated model does as an agent: it goes by the conversation alone, and does each part right as often as its skill
 * says. The same seed is the same luck for every model: whoever is more skilled does right whatever the other does.
 */

import { hash32 } from '../../src/domain/random.ts'
import {
  type AssistantPart,
  type Message,
  type Request,
  textOf,
  type ToolCall,
} from '../../src/domain/request.ts'
import { type Module, modules } from './modules.ts'
import { phaseOf } from './phases.ts'
import type { AgentTask } from './repository.ts'
import type { Activity, SkillProfile, Tier } from './skills.ts'

export type Mind = {
  readonly task: AgentTask
  readonly skills: SkillProfile['skills'][Tier]
  readonly seed: string
}

/** Looking around ends after so many calls, whatever has been found. */
const mostLooks = 20
const mostTestRuns = 3
/** The share of failed recoveries that go round in a circle first. */
const circling = 0.3

export function act(request: Request, mind: Mind): readonly AssistantPart[] {
  const parts = acted(request, mind)
  const [first] = parts
  return first?.kind === 'tool-call' ? [say(remarkOn(first)), ...parts] : parts
}

/** Models say what they are about to do, and why. */
const remarkOn = ({ name, argumentsText }: ToolCall): string =>
  `Next I call ${name.replace('_', ' ')} on ${argumentsText.slice(0, 40)}, since what I know so far leaves open whether the fault that users report lies here or in one of the modules beside it; what comes back will tell, and decides what I do after that.`

function acted(request: Request, mind: Mind): readonly AssistantPart[] {
  const { messages } = request
  const { start, phase } = currentPhase(messages)
  const since = messages.slice(start)
  const own = since.filter((message) => message.role === 'assistant')
  switch (phase.kind) {
    case 'plan':
      return [say(planText(mind))]
    case 'explore':
      return explored(messages, own, mind) ?? [say(factsText(messages, mind))]
    case 'edit':
      return (
        edited(messages, own, mind) ?? [say('The changes are made as planned, and nothing else was touched.')]
      )
    case 'repair':
      return (
        repaired(messages, textOf(messages[start]!), own, phase.round, mind) ?? [
          say('I have changed what the tests complain of. Please run them again.'),
        ]
      )
    case 'sum':
      return [say(summaryText(messages, mind, phase.round))]
    case 'alone':
      return alone(messages, mind)
  }
}

function currentPhase(messages: readonly Message[]) {
  let repairs = 0
  let sums = 0
  let found = { start: 0, phase: { kind: 'plan' as ReturnType<typeof phaseOf>, round: 0 } }
  for (const [start, message] of messages.entries()) {
    if (message.role !== 'user') continue
    const kind = phaseOf(textOf(message))
    if (kind === 'repair') repairs++
    if (kind === 'sum') sums++
    found = { start, phase: { kind, round: kind === 'repair' ? repairs : sums } }
  }
  return found
}

const say = (text: string): AssistantPart => ({ kind: 'text', text })

const call = (messages: number, name: string, input: object): AssistantPart => ({
  kind: 'tool-call',
  id: `call_${messages}_${name}`,
  name,
  argumentsText: JSON.stringify(input),
})

const lucky = ({ seed, task, skills }: Mind, activity: Activity, about: string): boolean =>
  hash32(`${seed} ${task.id} ${activity} ${about}`) / 2 ** 32 < skills[activity]

const chance = ({ seed, task }: Mind, about: string): number =>
  hash32(`${seed} ${task.id} ${about}`) / 2 ** 32

function planned(mind: Mind): readonly Module[] {
  const { broken } = mind.task
  const others = modules.filter((module) => !broken.includes(module))
  return broken.map((module, place) => (lucky(mind, 'planning', module.name) ? module : others[place]!))
}

const planText = (mind: Mind): string =>
  `Here is how I would go about it.\n${planned(mind)
    .map(
      (module, place) =>
        `${place + 1}. src/${module.name}.mjs does ${module.about}: what users see comes from there, so read it, find the line, and repair it.`,
    )
    .join('\n')}\nThen run the tests, and read what they say before anything else is changed.`

const pathsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/src\/(\w+)\.mjs/g)].map(([, name]) => name!)),
]

/** The last answer of words alone that names files: the plan, or what was found. */
function lastWords(messages: readonly Message[], mark: string): string {
  const message = messages.findLast((one) => one.role === 'assistant' && textOf(one).includes(mark))
  return message ? textOf(message) : ''
}

const callsOf = (own: readonly Message[]): readonly ToolCall[] =>
  own.flatMap(({ content }) => content.filter((part): part is ToolCall => part.kind === 'tool-call'))

const pathOf = ({ argumentsText }: ToolCall): string => String(JSON.parse(argumentsText).path ?? '')

function explored(
  messages: readonly Message[],
  own: readonly Message[],
  mind: Mind,
): readonly AssistantPart[] | null {
  const calls = callsOf(own)
  const wanted = nearby(pathsIn(lastWords(messages, 'how I would go about it')))
  if (calls.length >= mostLooks) return null
  const next = nextLook(calls, wanted)
  if (next === null) return null
  const before = calls.at(-1)
  // Who loses the thread does once more what it has just done.
  if (before && !lucky(mind, 'looking', String(calls.length)))
    return [call(messages.length, before.name, JSON.parse(before.argumentsText))]
  return [call(messages.length, next.name, next.input)]
}

/** Agents read more than they change: the modules beside those that are wanted, too. */
function nearby(wanted: readonly string[]): readonly string[] {
  const names = modules.map(({ name }) => name)
  const beside = wanted.flatMap((name) => {
    const place = names.indexOf(name)
    return [1, 3].map((step) => names[(place + step) % names.length]!)
  })
  return [...new Set([...wanted, ...beside])]
}

function nextLook(calls: readonly ToolCall[], wanted: readonly string[]) {
  if (calls.length === 0) return { name: 'list_files', input: { path: 'src' } }
  for (const name of wanted) {
    const searched = calls.some((one) => one.name === 'search' && one.argumentsText.includes(`"${name} ="`))
    if (!searched && !calls.some((one) => pathOf(one) === `src/${name}.mjs`))
      return { name: 'search', input: { text: `${name} =` } }
    if (!calls.some((one) => one.name === 'read_file' && pathOf(one) === `src/${name}.mjs`))
      return { name: 'read_file', input: { path: `src/${name}.mjs` } }
  }
  return null
}

const isBroken = ({ task }: Mind, name: string): boolean => task.broken.some((module) => module.name === name)

const factsText = (messages: readonly Message[], mind: Mind): string =>
  `What I found:\n${pathsIn(lastWords(messages, 'how I would go about it'))
    .map((name) => {
      const atFault = lucky(mind, 'digestion', name) === isBroken(mind, name)
      return `- src/${name}.mjs ${atFault ? 'is at fault: the expression does not do what its comment says' : 'looks sound'}`
    })
    .join('\n')}`

const faultsIn = (text: string): readonly string[] =>
  [...text.matchAll(/src\/(\w+)\.mjs is at fault/g)].map(([, name]) => name!)

function edited(
  messages: readonly Message[],
  own: readonly Message[],
  mind: Mind,
): readonly AssistantPart[] | null {
  const done = callsOf(own)
    .filter(({ name }) => name === 'edit_file')
    .map(pathOf)
  const next = faultsIn(lastWords(messages, 'What I found')).find((name) => !done.includes(`src/${name}.mjs`))
  if (next === undefined) return null
  return [editOf(messages, messages.length, next, lucky(mind, 'editing', next))]
}

/** Replaces the line of code that the file was last seen with. */
function editOf(messages: readonly Message[], place: number, name: string, right: boolean): AssistantPart {
  const module = modules.find((one) => one.name === name)!
  const path = `src/${name}.mjs`
  const old = lastWritten(messages, path) ?? codeIn(messages, name) ?? module.broken
  return call(place, 'edit_file', { path, old, new: right ? module.right : module.wrong })
}

function lastWritten(messages: readonly Message[], path: string): string | null {
  const edits = callsOf(messages.filter(({ role }) => role === 'assistant')).filter(
    (one) => one.name === 'edit_file' && pathOf(one) === path,
  )
  const last = edits.at(-1)
  return last ? String(JSON.parse(last.argumentsText).new) : null
}

function codeIn(messages: readonly Message[], name: string): string | null {
  for (const message of messages) {
    if (message.role !== 'tool') continue
    const found = textOf(message)
      .split('\n')
      .find((line) => line.startsWith(`export const ${name} =`))
    if (found) return found
  }
  return null
}

const failing = (output: string): readonly string[] =>
  [...output.matchAll(/^not ok - (\w+)/gm)].map(([, name]) => name!)

/** For each module that fails: read it, then write it; some go round in a circle before they write it wrongly again. */
function repaired(
  messages: readonly Message[],
  output: string,
  own: readonly Message[],
  round: number,
  mind: Mind,
): readonly AssistantPart[] | null {
  const calls = callsOf(own)
  for (const name of failing(output)) {
    const path = `src/${name}.mjs`
    if (calls.some((one) => one.name === 'edit_file' && pathOf(one) === path)) continue
    const reads = calls.filter((one) => one.name === 'read_file' && pathOf(one) === path).length
    const right = lucky(mind, 'recovery', `${name} ${round}`)
    const circles = !right && chance(mind, `circle ${name} ${round}`) < circling
    const place = calls.length + 1_000 * round
    return reads < (circles ? 4 : 1)
      ? [call(place, 'read_file', { path })]
      : [editOf(messages, place, name, right)]
  }
  return null
}

function summaryText(messages: readonly Message[], mind: Mind, round: number): string {
  const changed = [
    ...new Set(
      callsOf(messages.filter(({ role }) => role === 'assistant'))
        .filter(({ name }) => name === 'edit_file')
        .map(pathOf),
    ),
  ]
  const named = lucky(mind, 'synthesis', String(round)) ? changed : changed.slice(1)
  return `Summary of the pull request.\n${named.map((path) => `- ${path}: the expression was repaired, and its test passes.`).join('\n')}\nNothing else was changed.`
}

/** The whole task within one row of tool calls, without anybody between. */
function alone(messages: readonly Message[], mind: Mind): readonly AssistantPart[] {
  const own = messages.filter((message) => message.role === 'assistant')
  const calls = callsOf(own)
  const place = messages.length
  if (own.length === 0) return [say(planText(mind)), call(place, 'list_files', { path: 'src' })]
  const runs = calls.filter(({ name }) => name === 'run_tests').length
  if (runs === 0) {
    const look = explored(messages, own, mind)
    if (look !== null && !calls.some(({ name }) => name === 'edit_file')) return look
    const facts = lastWords(messages, 'What I found')
    if (facts === '') {
      const text = factsText(messages, mind)
      const [first] = faultsIn(text)
      const next =
        first === undefined
          ? call(place, 'run_tests', {})
          : editOf(messages, place, first, lucky(mind, 'editing', first))
      return [say(text), next]
    }
    return edited(messages, own, mind) ?? [call(place, 'run_tests', {})]
  }
  const lastRun = messages.findLastIndex(
    (one) => one.role === 'assistant' && callsOf([one]).some(({ name }) => name === 'run_tests'),
  )
  const output = textOf(messages[lastRun + 1]!)
  if (failing(output).length === 0) return [say(summaryText(messages, mind, 0))]
  if (runs >= mostTestRuns) return [say('I could not find out what is wrong.')]
  const after = messages.slice(lastRun + 1).filter((message) => message.role === 'assistant')
  return repaired(messages, output, after, runs, mind) ?? [call(place, 'run_tests', {})]
}
