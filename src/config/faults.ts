export type Path = readonly (string | number)[]

/** One thing wrong with a configuration. Line and column count from 1; `null` where the file is a program. */
export type ConfigFault = {
  readonly path: string
  readonly line: number | null
  readonly column: number | null
  /** What is wrong and what to write instead. Never holds a credential. */
  readonly message: string
}

/** Takes note of a fault; `at` says whether the key or its value is at fault. */
export type ReportFault = (path: Path, message: string, at?: 'key' | 'value') => void

/** `policies.auto.quality`, `models[0].prices`, `vendors["my.own"]`. */
export function pathText(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** One line for each fault: `fairlead.yaml:3:12 policies.auto.quality: 95 is above 1. Write 0.95.` */
export function faultsText(file: string, faults: readonly ConfigFault[]): string {
  const lines = faults.map(({ path, line, column, message }) => {
    const place = line === null ? file : `${file}:${line}:${column ?? 1}`
    return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
  })
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`
  return [...lines, `${count} in ${file}.`].join('\n')
}
