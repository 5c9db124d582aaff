/** A state that can't be opened: what is wrong, and what the person who runs it can do. */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly remedy: string

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem} ${remedy}`, options)
    this.remedy = remedy
  }
}
