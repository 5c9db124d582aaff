/** The matrix: each fault in each wire format, buffered and streaming, under each way of recovery. */

import type { StreamRecovery } from '../../src/domain/policy.ts'
import { streamRecoveries } from '../../src/domain/policy.ts'
import type { WireFormat } from '../../src/wire/wire-format.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { looksComplete, readChatStream } from '../support/chat-stream.ts'
import { openaiChatSpoken } from '../support/faults/openai-chat.ts'
import type { SpokenFormat } from '../support/faults/said.ts'
import { type Fault, faults } from './faults.ts'

/** What a client makes of a reply, in whatever format it reads. */
export type Understood = { readonly text: string; readonly complete: boolean; readonly error: string | null }

/** A wire format, how a vendor speaks it, and how a client reads it. */
export type Dialect = {
  readonly format: WireFormat
  readonly spoken: SpokenFormat
  readonly readStream: (text: string) => Understood
  readonly readWhole: (body: unknown) => Understood
}

export const dialects: readonly Dialect[] = [
  {
    format: wireFormat('openai-chat'),
    spoken: openaiChatSpoken,
    readStream: (text) => {
      const read = readChatStream(text)
      return {
        text: read.content + read.toolArguments.join(''),
        complete: looksComplete(read),
        error: read.error?.code ?? null,
      }
    },
    readWhole: (body) => {
      const { choices, error } = body as {
        choices?: { message: { content: string }; finish_reason: string }[]
        error?: { code: string }
      }
      const [choice] = choices ?? []
      return {
        text: choice?.message.content ?? '',
        complete: Boolean(choice?.finish_reason),
        error: error?.code ?? null,
      }
    },
  },
]

export type Row = {
  readonly dialect: Dialect
  readonly fault: Fault
  /** `null`: the client asks for no stream. */
  readonly recovery: StreamRecovery | null
}

export const rows: readonly Row[] = dialects.flatMap((dialect) =>
  faults.flatMap((fault) => [
    ...(fault.shapes === 'both' ? [{ dialect, fault, recovery: null }] : []),
    ...streamRecoveries.map((recovery) => ({ dialect, fault, recovery })),
  ]),
)

export const nameOf = ({ dialect, fault, recovery }: Row): string =>
  `${dialect.format.name}: ${fault.name}, ${recovery === null ? 'buffered' : `streaming, ${recovery}`}`
