import { createHmac } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

const prefix = 'whsec_'

/**
 * Headers of Standard Webhooks (https://www.standardwebhooks.com): `v1,` and the base64 of the HMAC-SHA256 of
 * `id.timestamp.body`. A secret that begins with `whsec_` is the base64 of its bytes; any other is taken as it stands.
 */
export function signedHeaders(
  id: string,
  timestampSeconds: number,
  body: string,
  secret: Secret | null,
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestampSeconds) }
  if (secret === null) return headers
  const text = secret.reveal()
  const key = text.startsWith(prefix)
    ? Buffer.from(text.slice(prefix.length), 'base64')
    : Buffer.from(text, 'utf8')
  const signature = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}
