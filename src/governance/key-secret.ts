/** Secrets of virtual keys: made once, shown once, kept as a hash. */

import { hash, randomBytes } from 'node:crypto'
import { Secret } from '../domain/secret.ts'

/** By it clients' keys for Fairlead are told from keys for vendors, and secret scanners find them. */
export const secretPrefix = 'fl-'

/** Characters of the prefix and after it that lists show: too few to guess the rest from. */
const hintChars = secretPrefix.length + 6

export type NewSecret = { readonly secret: Secret; readonly hash: string; readonly hint: string }

/** 256 random bits. */
export function newSecret(): NewSecret {
  const text = `${secretPrefix}${randomBytes(32).toString('base64url')}`
  return { secret: new Secret(text), hash: hashOf(text), hint: text.slice(0, hintChars) }
}

/** SHA-256 in hex: whoever can try 2^256 secrets needs no key, so no slow hash is called for. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex')
