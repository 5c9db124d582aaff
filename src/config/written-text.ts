import { type Environment, expand } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'

export type TextContext = { readonly environment: Environment; readonly report: ReportFault }

/** With the variables put in that it names. `null`: one of them is not set, which is reported. */
export function textOf(written: string, path: Path, { environment, report }: TextContext): string | null {
  const result = expand(written, environment)
  if (result.kind === 'expanded') return result.text
  for (const variable of result.variables)
    report(
      path,
      `the environment variable ${variable} is not set. Set it, or write the value in another way.`,
    )
  return null
}

export const isWebUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/**
 * An address that carries no credentials. `null`: it is none, which is reported with an example and with where the
 * credentials belong. A variable of the environment may stand in its path or its query: none of it is shown.
 */
export function webUrlOf(
  written: string,
  path: Path,
  context: TextContext,
  { example, credentials }: { readonly example: string; readonly credentials: string },
): string | null {
  const url = textOf(written, path, context)
  if (url === null) return null
  if (!isWebUrl(url)) {
    context.report(path, `is not a URL. Write one such as ${example}.`)
    return null
  }
  const { username, password } = new URL(url)
  if (username === '' && password === '') return url
  context.report(path, `holds a user name or a password. ${credentials}`)
  return null
}
