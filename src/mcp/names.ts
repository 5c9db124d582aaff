/**
 * Names of tools and prompts of many servers in one list: `server__tool`. A name follows from the server's and the tool's
 * alone, so that it stays the same whatever else is configured, and no two pairs share one.
 *
 * Names of servers hold neither `_` nor upper case, so the first `__` ends them. Models' vendors take at most 64 of the
 * characters A-Z a-z 0-9 _ -; a name that does not fit is cut and ends in a hash of the whole. Names that only look as if
 * they ended in a hash get one as well, so a whole name never equals a cut one.
 */

import { createHash } from 'node:crypto'

export const maxNameLength = 64
const hashDigits = 10
const hashEnding = /_[0-9a-f]{10}$/
const fitting = /^[A-Za-z0-9_-]+$/

/** Names of servers: at most 24 characters, so that 28 are left for a tool's beside the hash. */
export const serverNamePattern = /^[a-z][a-z0-9-]{0,23}$/

export function exposedName(server: string, name: string): string {
  const whole = `${server}__${name}`
  if (whole.length <= maxNameLength && fitting.test(name) && !hashEnding.test(whole)) return whole
  const hash = createHash('sha256').update(`${server}\n${name}`).digest('hex').slice(0, hashDigits)
  const room = maxNameLength - server.length - 2 - 1 - hashDigits
  return `${server}__${name.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, room)}_${hash}`
}

/** The server that a name of the list begins with; `null`: none does. */
export function serverOf(exposed: string): string | null {
  const end = exposed.indexOf('__')
  return end > 0 ? exposed.slice(0, end) : null
}
