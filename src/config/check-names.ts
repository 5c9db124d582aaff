/** Whether what a policy's options name is there: criteria, classifiers, consultants, headers that may be read. */

import { predictedCriteria } from '../domain/preferences.ts'
import { alternatives, didYouMean } from './closest.ts'
import type { Path } from './faults.ts'
import { placeOf } from './place-of.ts'
import { labelsOf } from './resolve-encoders.ts'
import type { PolicyContext, PolicyEntry } from './resolve-policies.ts'
import type { AnyStrategy } from './schema.ts'

type Options = Readonly<Record<string, unknown>>

/** Reports every name that the strategy would look up in vain. */
export function checkNames(
  options: Options,
  entry: PolicyEntry,
  strategy: AnyStrategy,
  path: Path,
  context: PolicyContext,
): void {
  checkCriteria(options, entry, strategy, path, context)
  checkClassifiers(options, entry, strategy, path, context)
  checkConsultants(strategy.consultants?.(options as never) ?? [], entry, path, context)
  checkHeaders(strategy.headers?.(options as never) ?? [], entry, path, context)
}

/** A criterion that no model has a figure of would be the same for all: more likely than not it is misspelt. */
function checkCriteria(
  options: Options,
  entry: PolicyEntry,
  strategy: AnyStrategy,
  path: Path,
  { models, report }: PolicyContext,
): void {
  const known = new Set(models.catalog.list().flatMap(({ model }) => Object.keys(model.criteria ?? {})))
  for (const name of strategy.criteria?.(options as never) ?? [])
    if (!known.has(name))
      report(
        placeOf(name, entry, path),
        `no model has a figure of ${name}. ${didYouMean(name, [...predictedCriteria, ...known], `Write one under models[].criteria, or one of ${alternatives(predictedCriteria)}.`)}`,
        'key',
      )
}

/** Labels are checked where they are known before the classifier is loaded. */
function checkClassifiers(
  options: Options,
  entry: PolicyEntry,
  strategy: AnyStrategy,
  path: Path,
  { classifiers, excusedClassifiers, report }: PolicyContext,
): void {
  const names = classifiers.map(({ name }) => name)
  for (const { name, labels } of strategy.classifiers?.(options as never) ?? []) {
    const classifier = classifiers.find((one) => one.name === name)
    if (!classifier) {
      if (excusedClassifiers.has(name)) continue
      report(
        placeOf(name, entry, path),
        `${JSON.stringify(name)} is not a classifier. ${didYouMean(name, names, 'Add it under classifiers.')}`,
      )
      continue
    }
    const known = labelsOf(classifier)
    for (const label of known === null ? [] : labels.filter((wanted) => !known.includes(wanted)))
      report(
        placeOf(label, entry, path),
        `${JSON.stringify(label)} is not a label of ${name}. ${didYouMean(label, known!, `Write ${alternatives(known!)}.`)}`,
      )
  }
}

function checkConsultants(
  names: readonly string[],
  entry: PolicyEntry,
  path: Path,
  { consultants, report }: PolicyContext,
): void {
  for (const name of names)
    if (!consultants.includes(name))
      report(
        placeOf(name, entry, path),
        `${JSON.stringify(name)} is not a consultant. ${didYouMean(name, consultants, 'Add it under consultants.')}`,
      )
}

/** Headers that carry keys and sessions: what a policy reads may be shown in the reason of a decision. */
const secretHeaders = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
]

function checkHeaders(
  names: readonly string[],
  entry: PolicyEntry,
  path: Path,
  { report }: PolicyContext,
): void {
  for (const name of names)
    if (secretHeaders.includes(name.toLowerCase()))
      report(
        placeOf(name, entry, path),
        `the header ${name} holds a secret, which no policy may read. Let clients send what it stands for in a header of its own.`,
      )
}
