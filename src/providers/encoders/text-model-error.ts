/** A text model that can't be opened, with what to do about it. */
export class TextModelError extends Error {
  override readonly name = 'TextModelError'
}
