import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { StoreError } from '../store-error.ts'
import type { Tables } from '../tables.ts'

/**
 * Reads on another thread: a report over a million decisions takes SQLite seconds, for which the event loop would stand still.
 * What is committed is seen by the next search; in WAL mode neither keeps the other waiting.
 */
export type Searches = {
  readonly db: Kysely<Tables>
  /** Waits for the searches that are under way. */
  readonly close: () => Promise<void>
}

/** More at one time are refused. */
const mostWaiting = 200
const busyTimeoutMs = 5_000

/** Plain JavaScript, so that it runs from sources and from the built package alike. */
const searcher = `
const { parentPort, workerData } = require('node:worker_threads')
const Database = require(workerData.driver)
const database = new Database(workerData.path, { timeout: workerData.busyTimeoutMs })
database.pragma('query_only = on')
parentPort.on('message', ({ id, sql, parameters }) => {
  if (sql === undefined) {
    database.close()
    parentPort.close()
    return
  }
  try {
    parentPort.postMessage({ id, rows: database.prepare(sql).all(parameters) })
  } catch ({ message, code }) {
    parentPort.postMessage({ id, fault: { message, code } })
  }
})`

type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly fault: { readonly message: string; readonly code?: string } }

type Waiting = { readonly resolve: (rows: unknown[]) => void; readonly reject: (error: Error) => void }

/** The thread is started with the first search, and anew where it has died; it keeps no process alive. */
export function createSearches(path: string): Searches {
  const thread = new SearchThread(path)
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (inner) => new SqliteIntrospector(inner),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createDriver: () => ({
        init: async () => {},
        acquireConnection: async () => connectionOver(thread),
        beginTransaction: refuseTransaction,
        commitTransaction: refuseTransaction,
        rollbackTransaction: refuseTransaction,
        releaseConnection: async () => {},
        destroy: async () => {},
      }),
    },
  })
  return { db, close: thread.close }
}

const connectionOver = (thread: SearchThread): DatabaseConnection => ({
  executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => ({
    rows: (await thread.search(query)) as Row[],
  }),
  async *streamQuery() {
    throw new Error('A search is read whole.')
  },
})

const refuseTransaction = async (): Promise<void> => {
  throw new Error('Searches only read: they need no transaction.')
}

class SearchThread {
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #asked = 0
  #closed = false

  constructor(path: string) {
    this.#path = path
  }

  async search({ sql, parameters }: CompiledQuery): Promise<unknown[]> {
    if (this.#closed)
      throw new StoreError('closed', `${this.#path} was closed.`, 'Open the store again before using it.')
    if (this.#waiting.size >= mostWaiting)
      throw new StoreError(
        'busy',
        `${mostWaiting} searches of ${this.#path} wait already.`,
        'Ask again later.',
      )
    this.#worker ??= this.#start()
    this.#worker.ref()
    const id = this.#asked++
    this.#worker.postMessage({ id, sql, parameters })
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  readonly close = async (): Promise<void> => {
    this.#closed = true
    const worker = this.#worker
    if (worker === null) return
    worker.ref()
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage({})
    await ended
  }

  #start(): Worker {
    const driver = createRequire(import.meta.url).resolve('libsql')
    const worker = new Worker(searcher, {
      eval: true,
      // Those of the process may name loaders that are not for this.
      execArgv: [],
      workerData: { driver, path: this.#path, busyTimeoutMs },
    })
    worker.on('message', (answer: Answer) => this.#answered(answer))
    worker.on('error', (error) => this.#ended(worker, error))
    worker.on('exit', () => this.#ended(worker, new Error('The thread that searches has ended.')))
    return worker
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if ('rows' in answer) waiting?.resolve(answer.rows)
    else waiting?.reject(Object.assign(new Error(answer.fault.message), { code: answer.fault.code }))
  }

  #ended(worker: Worker, error: Error): void {
    // Its successor may be there already.
    if (this.#worker !== worker) return
    this.#worker = null
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
