/** The load generator, a process of its own: takes a `LoadJob` by message and answers with a `LoadResult`. */
import { Worker } from 'node:worker_threads'
import { Connection, nowMs, type ReplySeen } from './connection.ts'
import { quantilesOf } from './figures.ts'
import type { LoadJob, LoadResult } from './load-job.ts'

/** Beyond so many requests under way an open load counts further ones as failed: the contender has drowned. */
const mostUnderWay = 4_000

/** How long answers under way may take to come in after the time is up. */
const afterEndMs = 10_000

const chatEnd = 'data: [DONE]\n\n'

class Run {
  readonly #job: LoadJob
  readonly #requests: readonly Buffer[]
  readonly #idle: Connection[] = []
  readonly #latencies: number[] = []
  readonly #firstBytes: number[] = []
  #next = 0
  #underWay = 0
  #failed = 0
  #firstFailure: string | null = null
  #events = 0
  #onQuiet: () => void = () => {}

  constructor(job: LoadJob) {
    this.#job = job
    this.#requests = job.bodies.map((body) => requestBytes(job, body))
  }

  async go(): Promise<LoadResult> {
    const begun = nowMs()
    const { load, seconds } = this.#job
    if (load.kind === 'closed') this.#startClients(load.clients, begun + 1000 * seconds)
    else await this.#keepRate(load.perSecond, begun)
    await this.#quiet()
    for (const connection of this.#idle) connection.close()
    return {
      seconds: (nowMs() - begun) / 1000,
      answered: this.#latencies.length,
      failed: this.#failed,
      firstFailure: this.#firstFailure,
      events: this.#events,
      latency: quantilesOf(this.#latencies),
      firstByte: quantilesOf(this.#firstBytes),
    }
  }

  #startClients(clients: number, endAt: number): void {
    const again = (): void => {
      const now = nowMs()
      if (now < endAt) this.#send(now, again)
    }
    for (let client = 0; client < clients; client++) again()
  }

  /** A thread of its own sleeps until each request is due: timers of an event loop are a millisecond coarse. */
  async #keepRate(perSecond: number, begun: number): Promise<void> {
    const total = Math.round(perSecond * this.#job.seconds)
    const pacer = new Worker(pace, { eval: true, workerData: { begun, perSecond, total }, execArgv: [] })
    let sent = 0
    pacer.on('message', (due: number) => {
      for (; sent < due; sent++) {
        if (this.#underWay < mostUnderWay) this.#send(begun + (1000 * sent) / perSecond, () => {})
        else this.#fail(`more than ${mostUnderWay} requests were under way`)
      }
    })
    await new Promise((resolve) => pacer.once('exit', resolve))
  }

  #send(dueAt: number, onDone: () => void): void {
    const connection = this.#connection()
    this.#underWay++
    const request = this.#requests[this.#next++ % this.#requests.length]!
    connection.send(request, (reply) => {
      this.#underWay--
      this.#note(reply, dueAt)
      if (connection.usable) this.#idle.push(connection)
      else connection.close()
      onDone()
      if (this.#underWay === 0) this.#onQuiet()
    })
  }

  #connection(): Connection {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined) return new Connection(this.#job)
      if (connection.usable) return connection
    }
  }

  #note(reply: ReplySeen, dueAt: number): void {
    const whole = !this.#job.stream || reply.tail.includes(this.#job.endMarker ?? chatEnd)
    this.#events += reply.events
    if (reply.status !== 200 || !whole) {
      this.#fail(`status ${reply.status}${whole ? '' : ', a stream without its end'}: ${reply.tail}`)
      return
    }
    this.#latencies.push(nowMs() - dueAt)
    this.#firstBytes.push(reply.firstByteAt - dueAt)
  }

  #fail(why: string): void {
    this.#failed++
    this.#firstFailure ??= why
  }

  #quiet(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#fail(`${this.#underWay} requests were not answered`)
          this.#failed += this.#underWay - 1
          resolve()
        },
        1000 * this.#job.seconds + afterEndMs,
      )
      this.#onQuiet = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#underWay === 0) this.#onQuiet()
    })
  }
}

/** Plain JavaScript: it runs in a thread without a loader. Tells how many requests are due, each time one is. */
const pace = `
const { parentPort, workerData: { begun, perSecond, total } } = require('node:worker_threads')
const never = new Int32Array(new SharedArrayBuffer(4))
for (let due = 0; due < total; ) {
  const now = Number(process.hrtime.bigint()) / 1e6
  const wait = begun + 1000 * due / perSecond - now
  if (wait > 0.02) Atomics.wait(never, 0, 0, wait)
  due = Math.min(total, Math.floor((Number(process.hrtime.bigint()) / 1e6 - begun) * perSecond / 1000) + 1)
  parentPort.postMessage(due)
}
`

function requestBytes({ host, port, path, headers }: LoadJob, body: string): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

process.on('message', (job: LoadJob) => {
  void new Run(job).go().then((result) => process.send?.(result))
})
