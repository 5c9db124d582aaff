import { StoreError, type StoreErrorKind } from '../store-error.ts'

type Cause = { readonly code?: unknown; readonly message?: unknown }

/** Says in the user's terms what SQLite or the file system refused to do, or returns what is none of their errors. */
export function explainError(error: unknown, path: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  const { code, message } = error as Cause
  const explained = explain(typeof code === 'string' ? code : '', String(message), path)
  return explained ? new StoreError(...explained, { cause: error }) : error
}

function explain(code: string, message: string, path: string): [StoreErrorKind, string, string] | null {
  // libsql gives no code when it can't open a file; its message ends in SQLite's own.
  const name =
    message.startsWith('ConnectionFailed') || message.includes('connection is not open') ? message : code
  if (
    /^(SQLITE_CANTOPEN|SQLITE_READONLY|ConnectionFailed|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ENOENT)/.test(
      name,
    )
  )
    return [
      'not-writable',
      `Can't open ${path} for writing (${code || 'not a file that can be opened'}).`,
      'Check that it is a file in a folder that this user may write to, or set log.path to another place.',
    ]
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(name))
    return [
      'disk-full',
      `No space left to write ${path}.`,
      'Free space on its disk, or set log.path to another one.',
    ]
  if (/^(SQLITE_CORRUPT|SQLITE_NOTADB)/.test(name))
    return [
      'corrupt',
      `${path} is not a whole SQLite database (${message}).`,
      'Move it away and start again (a new one is made), or put a backup in its place.',
    ]
  if (/^(SQLITE_BUSY|SQLITE_LOCKED)/.test(name))
    return [
      'busy',
      `${path} is locked by another process.`,
      'Let that process finish, or end it, then try again.',
    ]
  if (name.includes('connection is not open'))
    return ['closed', `${path} was closed.`, 'Open the store again before using it.']
  // What is written is at fault, not the store: another row may fare better.
  if (/^SQLITE_(CONSTRAINT|MISMATCH|RANGE|TOOBIG)/.test(name)) return null
  if (name.startsWith('SQLITE_'))
    return ['failed', `SQLite can't use ${path}: ${message} (${code}).`, 'Check the disk and the file.']
  return null
}
