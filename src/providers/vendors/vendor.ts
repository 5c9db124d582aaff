import type { Vendor } from '../../domain/vendor.ts'

/** What a record must say, and what it may leave out: most vendors speak `openai-chat` with a bearer key. */
export type VendorRecord = Omit<Vendor, 'format' | 'auth' | 'local' | 'ownPort'> &
  Partial<Pick<Vendor, 'format' | 'auth' | 'local' | 'ownPort'>>

export const defineVendor = (record: VendorRecord): Vendor => ({
  format: 'openai-chat',
  auth: { kind: 'bearer' },
  local: false,
  ownPort: false,
  ...record,
})
