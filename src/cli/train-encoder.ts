import { resolve } from 'node:path'
import type { SentenceEncoder } from '../domain/text-model.ts'
import type { FitNetwork } from '../learning/training/fit-network.ts'
import { fitOverVectors } from '../learning/training/fixed-encoder/fit-over-vectors.ts'
import { readVectors } from '../learning/training/fixed-encoder/read-vectors.ts'
import { openEncoder } from '../providers/encoders/index.ts'
import { TextModelError } from '../providers/encoders/text-model-error.ts'
import { vectorEncoding } from '../signals/encoder/vector-encoding.ts'
import { UserError } from './command.ts'
import type { Progress } from './progress.ts'
import { resolvedConfig } from './session.ts'

/** An encoder that is not trained here, with what it makes of every text. */
export type GivenEncoder = {
  readonly fit: FitNetwork
  readonly encoderId: string
  readonly encode: (text: string) => Float32Array
}

/** Has the encoder of a configuration read all texts. What a person can mend is thrown as a `UserError`. */
export async function givenEncoder(
  configFile: string,
  texts: readonly string[],
  progress: Progress,
): Promise<GivenEncoder> {
  const { encoder: settings } = await resolvedConfig(resolve(configFile))
  if (settings === null)
    throw new UserError(
      `${configFile} names no encoder beside the built-in one. Write one under encoder, or leave --encoder out.`,
    )
  const encoder = await opened(settings.options)
  try {
    const read = await readVectors(encoder, texts, new AbortController().signal, (done, total) =>
      progress.step(`reading texts with ${encoder.id}`, done, total),
    )
    if (read.kind === 'failed') throw new UserError(read.failure.message)
    const { vectors } = read
    return {
      fit: fitOverVectors(vectors),
      encoderId: encoder.id,
      encode: (text) => vectorEncoding(vectors.get(text)!, text),
    }
  } finally {
    await encoder.close()
  }
}

async function opened(options: Parameters<typeof openEncoder>[0]): Promise<SentenceEncoder> {
  try {
    return await openEncoder(options)
  } catch (error) {
    throw error instanceof TextModelError ? new UserError(error.message) : error
  }
}
