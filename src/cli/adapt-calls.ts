/** Calls of models through a gateway in this process, and what each may cost at most. */

import { setTimeout as pause } from 'node:timers/promises'
import { answerText } from '../domain/answer.ts'
import type { Model } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import type { Gateway, Reply } from '../gateway/gateway.ts'
import { answerIn, ownFormat } from '../wire/own-format.ts'
import { UserError } from './command.ts'

export type Called =
  | { readonly kind: 'answered'; readonly said: string; readonly outputTokens: number; readonly usd: number }
  | { readonly kind: 'failed'; readonly message: string; readonly usd: number }

/** A model that is asked by its own name, with the dollars that a token of it may cost at most. */
export type CalledModel = {
  readonly model: Model
  readonly inputUsd: number
  readonly outputUsd: number
}

/** @throws UserError where a price is not known: no budget could be held to */
export function pricedModel(model: Model, option: string): CalledModel {
  const { input, cacheWrite, longCacheWrite = 0, output } = model.prices
  const dearest = [input, cacheWrite, longCacheWrite].map((price) =>
    price === 'unknown' ? Number.NaN : price,
  )
  const inputUsd = Math.max(...dearest) / 1e6
  const outputUsd = (output === 'unknown' ? Number.NaN : output) / 1e6
  if (Number.isNaN(inputUsd + outputUsd))
    throw new UserError(
      `${option} ${model.id}: its prices are not known, so that no budget can be kept. Write them under models in the configuration.`,
    )
  return { model, inputUsd, outputUsd }
}

/** Of every message, for what a vendor's own template puts around it. */
const framingTokens = 32
/** Of an image, a recording or a file. */
const partTokens = 4_000

/** No vocabulary makes more tokens of a text than it has bytes. Tools and schemas are texts too. */
export function mostUsd({ inputUsd, outputUsd }: CalledModel, request: Request, mostOutput: number): number {
  const { messages, tools, responseFormat } = request
  let tokens = framingTokens + bytesOf(tools) + bytesOf(responseFormat)
  for (const { content } of messages) {
    tokens += framingTokens
    for (const part of content)
      tokens +=
        part.kind === 'image' || part.kind === 'audio' || part.kind === 'file' ? partTokens : bytesOf(part)
  }
  return tokens * inputUsd + mostOutput * outputUsd
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** A vendor that is out of breath is given time before the call counts as failed, but not more than this. */
const longestWaitMs = 20_000

/** A failure is a value; one that was cut short by the signal is one as well. */
export async function callModel(
  gateway: Gateway,
  called: CalledModel,
  request: Request,
  mostOutput: number,
  signal: AbortSignal,
): Promise<Called> {
  const dearest = mostUsd(called, request, mostOutput)
  const { id } = called.model
  const asked = {
    model: id,
    request: { ...request, stream: false },
    options: noRoutingOptions,
    usageWanted: false,
  }
  const reply = await gateway.chat({ format: ownFormat, text: '', asked }, signal)
  switch (reply.kind) {
    case 'buffered': {
      const answer = answerIn(reply.bytes)
      const usd = usdOf(reply, dearest)
      const { outputTokens } = answer.usage
      return { kind: 'answered', said: answerText(answer), outputTokens, usd }
    }
    case 'failed': {
      const { failure } = reply
      const usd = usdOf(reply, dearest)
      if (failure.retryAfterMs !== null && !signal.aborted)
        await pause(Math.min(failure.retryAfterMs, longestWaitMs), null, { signal }).catch(() => {})
      return { kind: 'failed', message: failure.message, usd }
    }
    case 'stream':
      throw new Error('a request that asked for no stream was answered with one')
  }
}

/** Nothing was served: nothing was spent. What nobody can tell counts as the most that it can be. */
const usdOf = ({ served }: Reply, dearest: number): number =>
  served === null || served.attempts.length === 0 ? 0 : (served.usd ?? dearest)
