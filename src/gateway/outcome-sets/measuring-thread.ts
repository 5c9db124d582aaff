/** Measures outcome sets on a thread: reading, predicting and resampling take seconds, for which nobody would be served. */

import { Worker } from 'node:worker_threads'
import { besideTheCode } from '../beside-the-code.ts'
import type { MeasureEvent, MeasureProgress, MeasureRequest } from '../../domain/measured-frontier.ts'

export type Measured = Exclude<MeasureEvent, { readonly kind: 'progress' }>

/** What went wrong with the set or the thread is told as `impossible`. @throws Error where no thread could be started */
export type Measure = (
  request: MeasureRequest,
  tell: (progress: MeasureProgress) => void,
) => Promise<Measured>

/** A sample of rows with their outcomes takes far less; a thread that takes more is ended, not the process. */
const mostMemoryMb = 1_024
const patienceMs = 10 * 60_000

/** The thread ends with what it was started for and gives its memory back; it keeps no process alive. */
export const measureOnThread: Measure = async (request, tell) => {
  const worker = startWorker(request)
  worker.unref()
  return new Promise<Measured>((resolve) => {
    const end = (result: Measured): void => {
      clearTimeout(patience)
      resolve(result)
      void worker.terminate()
    }
    const patience = setTimeout(() => end(tookTooLong), patienceMs)
    patience.unref()
    worker.on('message', (event: MeasureEvent) => {
      if (event.kind === 'progress') tell({ stage: event.stage, done: event.done, total: event.total })
      else end(event)
    })
    worker.on('error', (error) => end(failedWith(error)))
    worker.on('exit', () => end(stopped))
  })
}

const stopped: Measured = {
  kind: 'impossible',
  problem: 'The measurement was stopped before it ended',
  remedy: 'Ask for it again.',
}

const tookTooLong: Measured = {
  kind: 'impossible',
  problem: `The measurement took more than ${patienceMs / 60_000} minutes`,
  remedy: 'Name a smaller file.',
}

function failedWith(error: Error): Measured {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return {
      kind: 'impossible',
      problem: `The measurement took more than ${mostMemoryMb} MB of memory`,
      remedy: 'Name a file of fewer rows, or of fewer models.',
    }
  return {
    kind: 'impossible',
    problem: `The measurement failed inside Fairlead: ${error.message}`,
    remedy: 'Measure the file with `fairlead eval --artefact shipped`, which says more.',
  }
}

function startWorker(workerData: MeasureRequest): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: mostMemoryMb }
  // Arguments of the process may name loaders that are not for this.
  const options = { workerData, resourceLimits, execArgv: [] }
  const { url } = import.meta
  if (!url.endsWith('.ts')) return new Worker(builtWorker(url), options)
  // From sources: a thread begins without the loader that the process was started with.
  const source = new URL('../../learning/outcomes/sets/worker.ts', url).href
  const loader = import.meta.resolve('tsx/esm/api')
  const program = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(source)})
  })`
  return new Worker(program, { ...options, eval: true })
}

/** The thread's program stands in `dist/`. */
function builtWorker(url: string): string {
  const path = besideTheCode(url, 'outcome-set-worker.js')
  if (path !== null) return path
  throw new Error('outcome-set-worker.js is missing beside the built gateway. Install Fairlead again.')
}
