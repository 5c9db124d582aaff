import { createHash } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'
import type { Target } from '../../domain/vendor.ts'

/** What a target is known by, whatever configuration it stands in: its health is kept under these names. */
export type Identity = {
  /** The whole target: endpoint, key, model and effort. */
  readonly target: string
  /** The endpoint and the model, whatever the key. */
  readonly endpoint: string
  readonly vendor: string
  readonly credential: string
  /** The key, on this model. */
  readonly rate: string
}

export function identityOf({ vendor, baseUrl, credential, model, effort }: Target): Identity {
  const place = `${vendor.name} ${baseUrl}`
  const key = `${place} ${fingerprint(credential)}`
  const name = model.vendorName
  return {
    target: `${key} ${name} ${effort ?? ''}`,
    endpoint: `${place} ${name}`,
    vendor: place,
    credential: key,
    rate: `${key} ${name}`,
  }
}

/** Tells keys apart and gives none away: 48 bits of a hash of a text that nobody can guess. */
const fingerprint = (credential: Secret | null): string =>
  credential === null
    ? 'keyless'
    : createHash('sha256').update(credential.reveal()).digest('hex').slice(0, 12)
