import type { Fault } from './fault.ts'
import { LineTooLong } from './lines.ts'

/** What reading a file threw, as a fault; what is no fault of the file is thrown on. */
export function readFault(path: string, error: unknown, lines: number): Fault {
  if (error instanceof LineTooLong) {
    const remedy = 'This is no JSON Lines file of outcomes: write one row per line.'
    return { path, line: error.line, problem: 'is too long', remedy }
  }
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'Z_BUF_ERROR') {
    const problem = `is cut short: the gzip stream ends after ${lines} whole rows`
    return { path, line: null, problem, remedy: 'Fetch or write the file again.' }
  }
  if (typeof code === 'string' && code.startsWith('Z_')) {
    const problem = `is not a sound gzip file (${(error as Error).message})`
    return { path, line: null, problem, remedy: 'Fetch or write the file again.' }
  }
  if (code !== undefined) {
    return { path, line: null, problem: `cannot be read (${code})`, remedy: 'Check the path and its rights.' }
  }
  throw error
}
