import type { Request } from '../../domain/request.ts'

/** One of the user's own requests, with what a right answer is. */
export type Example = {
  readonly id: string
  readonly request: Request
  /** Any of these is right. As text, or as the JSON value that the file has. Never empty. */
  readonly answers: readonly unknown[]
}
