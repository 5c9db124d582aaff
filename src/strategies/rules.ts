import { z } from 'zod'
import type { Turn } from '../domain/strategy.ts'
import { type Condition, conditionOf, factsOf, holds } from './rules/condition.ts'
import { conditionSchema } from './rules/condition-schema.ts'
import { ruleFaults } from './rules/rule-faults.ts'
import { defineStrategy } from './strategy.ts'

const way = z.string().min(1)

const ruleSchema = z.strictObject({
  name: z.string().min(1).max(80).optional(),
  priority: z
    .number()
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .default(0)
    .describe('The highest one that holds counts.'),
  when: conditionSchema,
  to: way.describe('A model as vendor/name, or a policy of this file.'),
})

/**
 * Sends a request where the first rule says that holds of it, the highest priority first. Two rules of one priority that can
 * hold together and go different ways are a fault of the configuration, and so is one that nothing can reach: what a rule does
 * never hangs on the order in which somebody wrote it.
 */
export const rules = defineStrategy({
  name: 'rules',
  summary: 'by rules of your own over what is known of a request',
  needs: { quality: false, cost: false },
  options: z.strictObject({
    rules: z.array(ruleSchema).min(1).max(200),
    default: way.describe('Where no rule holds: a model as vendor/name, or a policy of this file.'),
  }),
  models: () => null,
  ways: (options) => [...new Set([...options.rules.map(({ to }) => to), options.default])],
  headers: (options) =>
    namesUnder(
      'headers',
      options.rules.map(({ when }) => conditionOf(when)),
    ),
  classifiers: (options) => classifiersOf(options.rules.map(({ when }) => conditionOf(when))),
  faults: (options) => ruleFaults(options.rules),
  prepare: (options): readonly Prepared[] =>
    options.rules
      .map(({ name, priority, when, to }, place) => ({
        called: name === undefined ? `rule ${place + 1}` : `rule ${name}`,
        priority,
        condition: conditionOf(when),
        to,
      }))
      .sort((a, b) => b.priority - a.priority),
  *choose(turn, options, { to, prepared }) {
    const rule = prepared.find(({ condition }) => holds(condition, turn))
    const verdict = yield* to(rule?.to ?? options.default)(turn)
    return { ...verdict, because: `${rule ? rule.called : notHeld(prepared, turn)}: ${verdict.because}` }
  },
})

type Prepared = {
  readonly called: string
  readonly priority: number
  readonly condition: Condition
  readonly to: string
}

/** A classifier that has said nothing in time makes its tests fail, which whoever reads the decision should know. */
function notHeld(prepared: readonly Prepared[], { signals }: Turn): string {
  const silent = classifiersOf(prepared.map(({ condition }) => condition))
    .map(({ name }) => name)
    .filter((name) => signals.classes?.[name] === undefined)
  return silent.length === 0 ? 'no rule holds' : `no rule holds, and ${silent.join(', ')} has not spoken`
}

const namesUnder = (prefix: string, conditions: readonly Condition[]): readonly string[] => {
  const found = conditions.flatMap(factsOf).map(({ name }) => name)
  const start = `${prefix}.`
  return [...new Set(found.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)))]
}

function classifiersOf(conditions: readonly Condition[]) {
  const labels = new Map<string, Set<string>>()
  for (const { kind } of conditions.flatMap(factsOf)) {
    if (kind.kind !== 'number' || kind.of === undefined) continue
    labels.set(kind.of.classifier, (labels.get(kind.of.classifier) ?? new Set()).add(kind.of.label))
  }
  return [...labels].map(([name, of]) => ({ name, labels: [...of] }))
}
