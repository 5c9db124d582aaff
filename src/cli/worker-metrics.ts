/**
 * How workers tell each other their metrics: by way of the process that started them. A scrape reaches any of them, and tells of
 * all. Messages are plain data on the channel that a cluster has.
 */

import type { Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import { type ProcessMetrics, withDeparted } from '../telemetry/prometheus/of-many.ts'

/** One that is busy for longer is told of as it was at the last scrape. */
const longestWaitMs = 1_000

type ToSupervisor =
  | { readonly kind: 'metrics-wanted'; readonly id: number; readonly own: ProcessMetrics }
  | { readonly kind: 'metrics-told'; readonly id: number; readonly own: ProcessMetrics }
type ToWorker =
  | { readonly kind: 'metrics-asked'; readonly id: number }
  | { readonly kind: 'metrics-found'; readonly id: number; readonly others: readonly ProcessMetrics[] }

type Channel = Pick<NodeJS.Process, 'on' | 'send'>

export type Colleagues = {
  /** Metrics of the other workers, and of those that are no more. @throws Error where nobody answers in time */
  readonly others: (own: ProcessMetrics) => Promise<readonly ProcessMetrics[]>
  /** What this worker tells of itself from now on. */
  readonly tell: (collect: () => Promise<ProcessMetrics>) => void
}

/** In a worker. */
export function openColleagues(channel: Channel = process): Colleagues {
  const waiting = new Map<number, (others: readonly ProcessMetrics[]) => void>()
  let collect: (() => Promise<ProcessMetrics>) | null = null
  let asked = 0
  const send = (message: ToSupervisor): void => void channel.send?.(message)
  channel.on('message', (message: ToWorker) => {
    switch (message?.kind) {
      case 'metrics-found':
        waiting.get(message.id)?.(message.others)
        break
      case 'metrics-asked':
        // One that can't tell is told of as it was last.
        void collect?.().then(
          (own) => send({ kind: 'metrics-told', id: message.id, own }),
          () => {},
        )
        break
      default:
        break
    }
  })
  return {
    others: async (own) => {
      const id = ++asked
      const found = new Promise<readonly ProcessMetrics[]>((resolve) => waiting.set(id, resolve))
      try {
        send({ kind: 'metrics-wanted', id, own })
        const late = pause(2 * longestWaitMs, null, { ref: false })
        const others = await Promise.race([found, late])
        if (others === null) throw new Error('the other workers did not tell their metrics in time')
        return others
      } finally {
        waiting.delete(id)
      }
    },
    tell: (how) => {
      collect = how
    },
  }
}

export type MetricsExchange = {
  readonly received: (from: Worker, message: unknown) => void
  /** What it had counted is counted on. */
  readonly ended: (worker: Worker) => void
}

type Round = { expected: number; readonly done: () => void }

/** In the process that started them. */
export function createMetricsExchange(workers: () => readonly Worker[]): MetricsExchange {
  const last = new Map<number, ProcessMetrics>()
  const rounds = new Map<number, Round>()
  let departed: Promise<ProcessMetrics> = Promise.resolve([])
  let begun = 0
  const gather = async (asker: Worker): Promise<readonly ProcessMetrics[]> => {
    const others = workers().filter((worker) => worker.id !== asker.id && worker.isConnected())
    const id = ++begun
    const all = new Promise<void>((done) => {
      rounds.set(id, { expected: others.length, done })
    })
    for (const worker of others) worker.send({ kind: 'metrics-asked', id } satisfies ToWorker)
    if (others.length > 0) await Promise.race([all, pause(longestWaitMs, null, { ref: false })])
    rounds.delete(id)
    const theirs = others.map((worker) => last.get(worker.id))
    return [await departed, ...theirs.filter((one) => one !== undefined)]
  }
  return {
    received: (from, message) => {
      const said = message as ToSupervisor | null
      if (said?.kind !== 'metrics-wanted' && said?.kind !== 'metrics-told') return
      last.set(from.id, said.own)
      if (said.kind === 'metrics-wanted')
        void gather(from).then((others) => {
          const answer: ToWorker = { kind: 'metrics-found', id: said.id, others }
          if (from.isConnected()) from.send(answer)
        })
      else {
        const round = rounds.get(said.id)
        if (round && --round.expected === 0) round.done()
      }
    },
    ended: (worker) => {
      const own = last.get(worker.id)
      last.delete(worker.id)
      if (own) departed = departed.then((before) => withDeparted(before, own))
    },
  }
}
