import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import { withoutCredentials } from './without-credentials.ts'

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
