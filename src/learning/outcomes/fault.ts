/** Something wrong in an input file: where, what, and what to do. */
export type Fault = {
  readonly path: string
  /** Line in the file (of the unzipped text), counted from 1; `null` when the file as a whole is at fault. */
  readonly line: number | null
  readonly problem: string
  readonly remedy: string
}

export function describeFault({ path, line, problem, remedy }: Fault): string {
  return `${line === null ? path : `${path}:${line}`}: ${problem}. ${remedy}`
}
