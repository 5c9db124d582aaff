/** The innermost layer: one call to one target, bytes out, and a name for what comes back. */

import { noUsage, type Usage } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import type { Clock, Exchange, Outgoing, Transport } from '../../domain/transport.ts'
import type { WireFormatName } from '../../domain/vendor.ts'
import { headroomOf } from '../../wire/rate-limit-headers.ts'
import type { WireFormat } from '../../wire/wire-format.ts'
import type { CallTarget, TargetCall, TargetReply } from './call-target.ts'
import { interrupt, interruptionOf } from './interruption.ts'
import { type EngineLimits, firstByteMsOf, idleMsOf } from './limits.ts'
import { ofModel } from './of-model.ts'
import { readBody } from './read-body.ts'
import { StreamRelay } from './stream-relay.ts'
import { estimatedUsage, usageOfAnswer } from './usage.ts'
import { type StreamCodec, watchStream } from './watch-stream.ts'

const mostErrorBytes = 64 * 1024
const mostAnswerBytes = 64 * 1024 * 1024

export type Sending = {
  readonly transport: Transport
  readonly codecs: ReadonlyMap<WireFormatName, StreamCodec>
  readonly limits: EngineLimits
  readonly clock: Clock
}

type Replied = Extract<Exchange, { kind: 'replied' }>

export const sendWith =
  (sending: Sending): CallTarget =>
  async (call, attempt) => {
    const { target, job } = call
    const codec = sending.codecs.get(target.vendor.format)
    if (codec === undefined) throw new Error(`no codec for the wire format ${target.vendor.format}`)
    const { format } = codec
    const body = bodyFor(call, format)
    const outgoing = {
      target,
      path: format.path,
      body,
      stream: job.request.stream,
      // Headers of one format mean nothing to a vendor of another.
      ...(job.clientHeaders && job.clientFormat.name === format.name && { clientHeaders: job.clientHeaders }),
    }
    const exchange = await firstByte(sending, call, outgoing, attempt)
    if (exchange.kind === 'failed') return notReached(call, attempt, exchange.failure)
    noteHeadroom(sending, call, exchange)
    try {
      if (exchange.status >= 300) return failed(await refusal(call, format, exchange), noUsage)
      const unreadable = wrongKind(call, exchange)
      if (unreadable === null)
        return job.request.stream
          ? await openStream(sending, codec, call, attempt, exchange)
          : await wholeAnswer(call, format, exchange)
      return failed(
        job.request.stream ? await insteadOfStream(call, format, exchange, unreadable) : unreadable,
        noUsage,
      )
    } catch (error) {
      const { signal } = attempt
      const reason = signal.aborted ? interruptionOf(signal) : sending.transport.asFailure(error, target)
      return failed(reason, exchange.status >= 300 ? noUsage : estimatedUsage(job.promptTokens, 0))
    }
  }

/** A stream may have a limit of its own for the time to its headers. */
async function firstByte(
  { transport, limits }: Sending,
  call: TargetCall,
  outgoing: Outgoing,
  attempt: AbortController,
): Promise<Exchange> {
  const waitMs = outgoing.stream ? firstByteMsOf(call, limits) : null
  if (waitMs === null) return transport.send(outgoing, attempt.signal)
  const timer = setTimeout(stopUnreached, waitMs, attempt, call, waitMs)
  try {
    return await transport.send(outgoing, attempt.signal)
  } finally {
    clearTimeout(timer)
  }
}

function stopUnreached(attempt: AbortController, { target }: TargetCall, waitMs: number): void {
  const message = `${target.vendor.title} sent nothing within ${waitMs} ms (${target.model.id})`
  interrupt(attempt, failure('timed-out', message))
}

function noteHeadroom({ clock }: Sending, { load }: TargetCall, { headers }: Replied): void {
  const found = headroomOf(headers, clock)
  if (found === null) return
  load.headroom = found.share
  load.headroomUntil = clock.now() + found.renewsInMs
}

const failed = (reason: Failure, usage: Usage): TargetReply => ({ kind: 'failed', failure: reason, usage })

/** The client's own bytes wherever the vendor speaks the client's format: fields that Fairlead doesn't know stay in. */
function bodyFor({ target, job, account }: TargetCall, format: WireFormat): string {
  const foreignSeals = job.sealedBy !== null && job.sealedBy !== account
  const to = {
    model: target.model.vendorName,
    quirks: target.vendor.quirks,
    maxOutputTokens: target.model.maxOutputTokens,
    ...(foreignSeals && { foreignSeals }),
  }
  const { effort } = target
  const body =
    job.original?.format === format.name && effort === null
      ? format.editRequest(job.original.text, to)
      : format.encodeRequest(effort === null ? job.request : { ...job.request, reasoningEffort: effort }, to)
  return job.continuation === null ? body : format.continueRequest(body, to, job.continuation)
}

/** A vendor that we ourselves stopped waiting for has the prompt, and may bill it. */
function notReached({ job }: TargetCall, { signal }: AbortController, reason: Failure): TargetReply {
  return signal.aborted
    ? failed(interruptionOf(signal), estimatedUsage(job.promptTokens, 0))
    : failed(reason, noUsage)
}

async function refusal({ target }: TargetCall, format: WireFormat, reply: Replied): Promise<Failure> {
  const { status, headers } = reply
  const { bytes } = await readBody(reply.body, mostErrorBytes)
  if (status < 400)
    return failure(
      'unavailable',
      `${target.vendor.title} redirects (status ${status}). Set the base URL of ${target.vendor.name} to where it leads.`,
      { vendorStatus: status },
    )
  return ofModel(target, format.decodeFailure({ status, headers, body: bytes.toString('utf8') }))
}

/** A reply of status 200 that is neither of the kind that was asked for is a proxy's page or a wrong base URL. */
function wrongKind({ target, job }: TargetCall, { headers, status }: Replied): Failure | null {
  const found = headers['content-type']
  const wanted = job.request.stream ? 'text/event-stream' : 'json'
  // Some local servers leave the header out; the decoder will tell.
  if (found === undefined || found.toLowerCase().includes(wanted)) return null
  const { title, name } = target.vendor
  const message = `${title} answered with ${found.slice(0, 100)} where ${job.request.stream ? 'a stream of events' : 'JSON'} was asked for. Check the base URL of ${name}.`
  return failure('unreadable', message, { vendorStatus: status })
}

/** A stream was asked for and something else came: an error in JSON says more than its content type. */
async function insteadOfStream(
  { target }: TargetCall,
  format: WireFormat,
  { headers, body }: Replied,
  unreadable: Failure,
): Promise<Failure> {
  const { bytes } = await readBody(body, mostErrorBytes)
  if (!headers['content-type']?.includes('json')) return unreadable
  const decoded = format.decodeAnswer(parsed(bytes))
  if (decoded.kind === 'failed') return ofModel(target, decoded.failure)
  return failure(
    'unreadable',
    `${target.vendor.title} ignores \`stream\`: it sent ${target.model.id}'s answer whole`,
  )
}

async function wholeAnswer(
  { target, job }: TargetCall,
  format: WireFormat,
  reply: Replied,
): Promise<TargetReply> {
  const { bytes, whole } = await readBody(reply.body, mostAnswerBytes)
  const spent = estimatedUsage(job.promptTokens, bytes.length)
  const { title } = target.vendor
  if (!whole)
    return failed(
      failure('unreadable', `${title} sent an answer of more than ${mostAnswerBytes} bytes`),
      spent,
    )
  const body = parsed(bytes)
  if (body === undefined)
    return failed(failure('unreadable', `${title} sent an answer that is no valid JSON`), spent)
  const decoded = format.decodeAnswer(body)
  if (decoded.kind === 'failed') return failed(ofModel(target, decoded.failure), noUsage)
  const { value: answer } = decoded
  return { kind: 'answered', answer, usage: usageOfAnswer(answer, job.promptTokens), bytes }
}

async function openStream(
  { transport, limits, clock }: Sending,
  codec: StreamCodec,
  call: TargetCall,
  attempt: AbortController,
  { body }: Replied,
): Promise<TargetReply> {
  const relay = new StreamRelay({
    call,
    attempt,
    body,
    idleMs: idleMsOf(call, limits),
    clock,
    watch: watchStream(codec, call.job.usageWanted),
    asFailure: (error) => transport.asFailure(error, call.target),
  })
  return (await relay.open()) ?? { kind: 'streaming', stream: relay, ended: relay.ended }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
