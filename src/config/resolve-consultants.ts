import { Secret } from '../domain/secret.ts'
import type { ConsultantSettings } from '../providers/consultants/index.ts'
import { type ConsultantEntry, consultantDefaults } from './consultant-fields.ts'
import { type TextContext, textOf, webUrlOf } from './written-text.ts'

/** The consultants of the file that have no fault; every fault is reported. */
export const resolveConsultants = (
  entries: Readonly<Record<string, ConsultantEntry>>,
  context: TextContext,
): readonly ConsultantSettings[] =>
  Object.entries(entries).flatMap(([name, entry]) => resolveConsultant(name, entry, context) ?? [])

function resolveConsultant(
  name: string,
  entry: ConsultantEntry,
  context: TextContext,
): ConsultantSettings | null {
  const path = ['consultants', name]
  const { report } = context
  const fields = typeof entry === 'function' ? { ...consultantDefaults, ask: entry } : entry
  const { url, ask, headers, timeoutMs, maxConcurrent } = fields
  const limits = { name, timeoutMs, maxConcurrent }
  if (url !== undefined && ask !== undefined) {
    report(path, 'has a url and a function. Keep one of them.', 'key')
    return null
  }
  if (ask !== undefined) {
    if (headers === undefined) return { ...limits, kind: 'function', ask }
    report([...path, 'headers'], 'go with a url only. Remove them.', 'key')
    return null
  }
  if (url === undefined) {
    report(path, 'has no url. Write one such as http://127.0.0.1:8080/check.', 'key')
    return null
  }
  const found = webUrlOf(url, [...path, 'url'], context, {
    example: 'http://127.0.0.1:8080/check',
    credentials: 'Send them in a header: write headers.authorization.',
  })
  const sent = Object.entries(headers ?? {}).map(
    ([header, value]) =>
      [header.toLowerCase(), new Secret(textOf(value, [...path, 'headers', header], context) ?? '')] as const,
  )
  return found === null
    ? null
    : { ...limits, kind: 'http', url: new Secret(found), headers: Object.fromEntries(sent) }
}
