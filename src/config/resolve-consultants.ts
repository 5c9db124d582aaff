import { Secret } from '../domain/secret.ts'
import type { ConsultantSettings } from '../providers/consultants/index.ts'
import { type ConsultantEntry, consultantDefaults } from './consultant-fields.ts'
import { expand } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'
import type { Surroundings } from './surroundings.ts'

export type ConsultantContext = {
  readonly environment: Surroundings['environment']
  readonly report: ReportFault
}

/** The consultants of the file that have no fault; every fault is reported. */
export const resolveConsultants = (
  entries: Readonly<Record<string, ConsultantEntry>>,
  context: ConsultantContext,
): readonly ConsultantSettings[] =>
  Object.entries(entries).flatMap(([name, entry]) => resolveConsultant(name, entry, context) ?? [])

function resolveConsultant(
  name: string,
  entry: ConsultantEntry,
  context: ConsultantContext,
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
  const found = urlOf(url, [...path, 'url'], context)
  const sent = Object.entries(headers ?? {}).map(
    ([header, value]) =>
      [header.toLowerCase(), new Secret(textOf(value, [...path, 'headers', header], context) ?? '')] as const,
  )
  return found === null
    ? null
    : { ...limits, kind: 'http', url: new Secret(found), headers: Object.fromEntries(sent) }
}

/** A variable of the environment may stand in the path or the query: none of it is shown. */
function urlOf(written: string, path: Path, context: ConsultantContext): string | null {
  const url = textOf(written, path, context)
  if (url === null) return null
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    context.report(path, 'is not a URL. Write one such as http://127.0.0.1:8080/check.')
    return null
  }
  const { username, password } = new URL(url)
  if (username === '' && password === '') return url
  context.report(path, 'holds a user name or a password. Send them in a header: write headers.authorization.')
  return null
}

function textOf(value: string, path: Path, { environment, report }: ConsultantContext): string | null {
  const expanded = expand(value, environment)
  if (expanded.kind === 'expanded') return expanded.text
  for (const variable of expanded.variables)
    report(
      path,
      `the environment variable ${variable} is not set. Set it, or write the value in another way.`,
    )
  return null
}
