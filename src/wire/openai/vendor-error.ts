/** The shapes that OpenAI-compatible vendors give an error, brought to one. */
import { asList, asObject, asText, isObject, type JsonObject } from '../lenient.ts'
import { durationMs } from '../retry-after.ts'

export type VendorError = {
  readonly message: string
  /** Codes, types and reasons, the most exact first. */
  readonly words: readonly string[]
  readonly param: string | null
  /** The HTTP status that the body itself names. */
  readonly status: number | null
  /** A moderator flagged the prompt. */
  readonly flagged: boolean
  readonly retryAfterMs: number | null
}

/**
 * `{error: {…}}` (OpenAI and most), `{error: "…"}` (Ollama, xAI), `[{error: {…}}]` (Gemini), `{object: "error", message}`
 * (vLLM, Mistral), `{detail}` (FastAPI), a plain text.
 */
export function readVendorError(body: unknown): VendorError {
  if (Array.isArray(body)) return readVendorError(body[0])
  if (!isObject(body)) return { ...bare, message: asText(body) }
  const { error } = body
  if (isObject(error)) return readFields(error)
  return typeof error === 'string' ? { ...readFields(body), message: error } : readFields(body)
}

const bare = { words: [], param: null, status: null, flagged: false, retryAfterMs: null }

function readFields(error: JsonObject): VendorError {
  const metadata = asObject(error.metadata)
  const details = asList(error.details).map(asObject)
  const message = messageOf(error) + (metadata.raw ? `: ${textOf(metadata.raw)}` : '')
  const words = [
    asObject(error.innererror).code,
    error.code,
    error.type,
    error.status,
    ...details.map(({ reason }) => reason),
    metadata.error_type,
  ]
  return {
    message,
    words: words.filter((word) => typeof word === 'string'),
    param: typeof error.param === 'string' ? error.param.slice(0, 200) : null,
    status: statusOf(error.code) ?? statusOf(error.status) ?? statusOf(error.status_code),
    flagged: metadata.flagged_input !== undefined || asList(metadata.reasons).length > 0,
    retryAfterMs:
      details.map(({ retryDelay }) => durationMs(asText(retryDelay))).find(isNumber) ?? waitIn(message),
  }
}

const isNumber = (value: number | null): value is number => value !== null

const messageOf = (error: JsonObject): string =>
  [error.message, error.detail, error.msg, error.error_description].map(textOf).find((text) => text !== '') ??
  ''

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

const statusOf = (value: unknown): number | null => {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return typeof status === 'number' && status >= 400 && status < 600 ? status : null
}

/** OpenAI and Groq write the wait into the sentence: `Please try again in 7m12s.` */
function waitIn(message: string): number | null {
  const match = /try again in ([0-9hms.]{2,20}?)\.?(?:\s|$)/i.exec(message)
  return match === null ? null : durationMs(match[1]!)
}
