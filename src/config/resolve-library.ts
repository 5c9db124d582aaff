import { Secret } from '../domain/secret.ts'
import type { Vendor, VendorLibrary } from '../domain/vendor.ts'
import { packageUrl } from '../providers/ai-sdk/package-url.ts'
import type { Environment } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'
import type { VendorEntry } from './vendor-fields.ts'
import { textOf } from './written-text.ts'

const libraryOnly = ['package', 'export', 'method', 'options', 'callOptions'] as const

/** `null`: the vendor is reached by HTTP. Reports fields of the one kind that stand beside the other. */
export function libraryOf(
  name: string,
  entry: VendorEntry,
  environment: Environment,
  report: ReportFault,
): VendorLibrary | null {
  const path = ['vendors', name]
  if (entry.provider === undefined) {
    for (const field of libraryOnly)
      if (entry[field] !== undefined)
        report(
          [...path, field],
          'belongs to a vendor with `provider: ai-sdk`. Write that, or take it out.',
          'key',
        )
    return null
  }
  if (entry.format !== undefined)
    report(
      [...path, 'format'],
      'has no meaning beside `provider: ai-sdk`: the package knows it. Take it out.',
      'key',
    )
  if (entry.discover)
    report(
      [...path, 'discover'],
      'has no meaning beside `provider: ai-sdk`: packages have no list of models. Take it out.',
      'key',
    )
  if (entry.package === undefined) {
    report(path, 'names no package to reach it through. Write package, such as @ai-sdk/google.', 'key')
    return null
  }
  const secrets: Secret[] = []
  const context = { environment, report, secrets }
  const settings = filledIn(entry.options ?? {}, [...path, 'options'], context) as Record<string, unknown>
  const { callOptions = {} } = entry
  return {
    package: entry.package,
    export: entry.export ?? null,
    method: entry.method ?? null,
    settings: () => settings,
    callOptions: () => callOptions,
    secrets,
  }
}

/** What differs of a vendor that is reached through a library: the package knows URLs and quirks. */
export const throughLibrary = (library: VendorLibrary, entry: VendorEntry): Partial<Vendor> => ({
  library,
  // What a library is sent is read again in this process.
  format: 'openai-chat',
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
  ...(entry.baseUrl === undefined && { baseUrl: packageUrl(library.package) }),
  // Some need no key, or find one by ways of their own (cloud accounts).
  auth: { kind: 'none' },
  ownPort: false,
})

type Context = {
  readonly environment: Environment
  readonly report: ReportFault
  /** Takes what came from the environment. */
  readonly secrets: Secret[]
}

/** The same value with `env:NAME` and `${NAME}` filled in, however deep they stand. Functions of programs stay. */
function filledIn(value: unknown, path: Path, context: Context): unknown {
  if (typeof value === 'string') return filledText(value, path, context)
  if (Array.isArray(value)) return value.map((item, index) => filledIn(item, [...path, index], context))
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, filledIn(member, [...path, key], context)]),
  )
}

function filledText(text: string, path: Path, context: Context): string {
  const filled = textOf(text, path, context)
  if (filled !== null && filled !== text) context.secrets.push(new Secret(filled))
  return filled ?? ''
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
