export type StoreErrorKind =
  | 'not-writable'
  | 'disk-full'
  | 'corrupt'
  | 'newer-schema'
  | 'busy'
  | 'unreachable'
  | 'closed'
  | 'failed'

/** A store that can't do its work: what is wrong, and what the person who runs it can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: StoreErrorKind
  readonly remedy: string

  constructor(kind: StoreErrorKind, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem} ${remedy}`, options)
    this.kind = kind
    this.remedy = remedy
  }
}
