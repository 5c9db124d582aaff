import { request } from 'undici'
import type { Secret } from '../../domain/secret.ts'
import type { Vendor } from '../../domain/vendor.ts'
import { parsedJson } from '../../wire/lenient.ts'
import type { FoundModel } from './found-model.ts'
import { listings } from './listings/index.ts'
import type { Ask } from './listings/listing.ts'

/** Of a vendor that can be called, what it takes to ask it for its models. */
export type Askable = {
  readonly vendor: Pick<Vendor, 'name' | 'title' | 'baseUrl' | 'auth' | 'local' | 'headers'>
  readonly credential: Secret | null
  readonly headers: Readonly<Record<string, Secret>>
}

/** What a vendor said of its models, or why it said nothing. */
export type Discovery = { readonly vendor: string; readonly title: string; readonly local: boolean } & (
  | {
      readonly kind: 'listed'
      /** Where the list came from, and the API that it is of. */
      readonly url: string
      readonly api: string
      readonly models: readonly FoundModel[]
    }
  | { readonly kind: 'silent'; readonly why: string }
)

/** The largest list known (OpenRouter's) has about a megabyte. */
const mostBytes = 16_000_000

/** Asks a vendor which models it has. Never throws, and takes no longer than `patienceMs`, all of its requests together. */
export async function discover(askable: Askable, patienceMs: number): Promise<Discovery> {
  const { vendor } = askable
  const { name, title, baseUrl, local } = vendor
  const asking = { signal: AbortSignal.timeout(patienceMs), problem: null as string | null }
  const ask = remembering((url, body) => askJson(askable, url, body, asking))
  for (const listing of listings) {
    if (listing.localOnly && !local) continue
    const listed = await listing.read(baseUrl, ask)
    // A list that was cut short by the time limit would look like one of models that have gone.
    if (asking.signal.aborted) break
    if (listed !== null)
      return {
        kind: 'listed',
        vendor: name,
        title,
        local,
        api: listing.name,
        url: pathOf(listed.url),
        models: listed.models,
      }
  }
  const why = asking.signal.aborted
    ? `no list came within ${patienceMs} ms`
    : (asking.problem ?? 'it has no list that Fairlead can read')
  return { kind: 'silent', vendor: name, title, local, why }
}

/** Two listings may read the same page. */
function remembering(ask: Ask): Ask {
  const pages = new Map<string, Promise<unknown>>()
  return (url, body) => {
    if (body !== undefined) return ask(url, body)
    const page = pages.get(url) ?? ask(url)
    pages.set(url, page)
    return page
  }
}

type Asking = { readonly signal: AbortSignal; problem: string | null }

async function askJson(
  askable: Askable,
  url: string,
  body: object | undefined,
  asking: Asking,
): Promise<unknown> {
  try {
    const reply = await request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: headersFor(askable),
      signal: asking.signal,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (reply.statusCode !== 200) {
      await reply.body.dump()
      asking.problem = `${pathOf(url)} answered with status ${reply.statusCode}`
      return undefined
    }
    return parsedJson(await boundedText(reply.body))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    asking.problem = `${pathOf(url)} could not be read (${code})`
    return undefined
  }
}

/** Not the URL as it was written: that may hold a password. */
const pathOf = (url: string): string =>
  URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : 'its URL'

async function boundedText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function headersFor({
  vendor: { auth, headers: fixed },
  credential,
  headers,
}: Askable): Record<string, string> {
  const sent: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...fixed,
  }
  if (credential !== null && auth.kind === 'bearer') sent.authorization = `Bearer ${credential.reveal()}`
  if (credential !== null && auth.kind === 'header') sent[auth.name.toLowerCase()] = credential.reveal()
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value.reveal()
  return sent
}
