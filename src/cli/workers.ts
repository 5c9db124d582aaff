/** Several processes that serve on one port of this machine. The first starts the others, restarts those that die, and stops with them. */

import cluster, { type Worker } from 'node:cluster'
import { createMetricsExchange } from './worker-metrics.ts'
import type { Log } from '../telemetry/log.ts'

/** The wait before a worker that died is replaced; doubled with each death in a row, so that one that can't start does not spin. */
const firstWaitMs = 500
const longestWaitMs = 30_000
/** One that lived so long has started well. */
const livedWellMs = 60_000

/** See docs/decisions/2026-11-27-young-generation.md. Whoever says something else is believed. */
const youngGeneration = '--max-semi-space-size=64'

const workerFlags = (flags: readonly string[]): string[] =>
  [...flags, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('max-semi-space-size'))
    ? [...flags]
    : [...flags, youngGeneration]

export const isWorker = (): boolean => cluster.isWorker

/** Resolves when all workers have ended after a signal to stop. */
export function superviseWorkers(count: number, log: Log): Promise<void> {
  const started = new Map<number, number>()
  let deaths = 0
  let stopping = false
  const start = (): void => {
    const worker = cluster.fork()
    started.set(worker.id, performance.now())
  }
  const replace = (worker: Worker, code: number | null, signal: string | null): void => {
    const livedMs = performance.now() - (started.get(worker.id) ?? 0)
    started.delete(worker.id)
    deaths = livedMs > livedWellMs ? 1 : deaths + 1
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (deaths - 1))
    log.error({ worker: worker.id, code, signal, waitMs }, 'a worker died; another takes its place')
    setTimeout(() => {
      if (!stopping) start()
    }, waitMs)
  }
  const workers = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  const metrics = createMetricsExchange(workers)
  cluster.setupPrimary({ execArgv: workerFlags(process.execArgv) })
  return new Promise((resolve) => {
    cluster.on('message', metrics.received)
    cluster.on('exit', (worker, code, signal) => {
      metrics.ended(worker)
      if (!stopping) replace(worker, code, signal)
      else if (workers().length === 0) resolve()
    })
    const stop = (signal: NodeJS.Signals): void => {
      stopping = true
      if (workers().length === 0) resolve()
      for (const worker of workers()) worker.process.kill(signal)
    }
    process.on('SIGINT', () => stop('SIGINT'))
    process.on('SIGTERM', () => stop('SIGTERM'))
    for (let n = 0; n < count; n++) start()
  })
}
