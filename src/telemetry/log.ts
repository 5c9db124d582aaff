import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

export type Log = Logger

export type LogOptions = {
  readonly level: LogLevel
  /** Standard output where none is given. */
  readonly destination?: DestinationStream
}

/** One JSON object a line. Credentials are taken out of the finished line, so that no depth or spelling of an object hides one. */
export function createLog({ level, destination }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: stdSerializers.errWithCause },
    hooks: { streamWrite: withoutCredentials },
  }
  return destination ? pino(options, destination) : pino(options)
}

const censored = '[secret]'

const credentialFields =
  /"((?:[a-z-]*authorization|(?:x-)?(?:goog-)?api[-_]?key|cookie|set-cookie|password|secret|access[-_]?token))"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi
// Escaped JSON inside a string, such as a body in an error message.
const nestedCredentialFields =
  /\\"((?:[a-z-]*authorization|(?:x-)?(?:goog-)?api[-_]?key))\\"\s*:\s*\\"(?:[^"\\])*\\"/gi
const bearerTokens = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi
// The prefixes that most vendors give their keys.
const keys = /\b(?:sk|gsk|xai|rk|pk|key|r8|hf|fw|tgp)[-_][\w-]{16,}|\bAIza[\w-]{20,}/g

/** Exported for what is printed without the log. */
export function withoutCredentials(line: string): string {
  return line
    .replace(credentialFields, `"$1":"${censored}"`)
    .replace(nestedCredentialFields, `\\"$1\\":\\"${censored}\\"`)
    .replace(bearerTokens, `$1 ${censored}`)
    .replace(keys, censored)
}
