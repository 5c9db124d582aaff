/**
 * One process writes a journal. SQLite's lock on a file beside it is the system's own: it ends with the process however that ends, holds
 * across containers that share a volume, and no number of a process can be mistaken for another's.
 */

import Database from 'libsql'

/** `null`: another process, or another state of this one, has it. Throws where the file can't be made. */
export function lockJournal(path: string): (() => void) | null {
  const database = new Database(`${path}.lock`, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (/locked|busy/i.test(String(error))) return null
    throw error
  }
  return () => database.close()
}
