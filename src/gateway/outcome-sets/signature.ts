import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Of a folder so many files are looked at, each time that a set is asked for. */
const mostFiles = 200

/** Changes with a file, or with the files of a folder; `null`: it is not there. */
export async function signatureOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return `${found.size} ${found.mtimeMs}`
    const names = (await readdir(path)).sort().slice(0, mostFiles)
    const files = await Promise.all(names.map((name) => stat(join(path, name))))
    return [
      `${found.mtimeMs}`,
      ...files.map(({ size, mtimeMs }, at) => `${names[at]} ${size} ${mtimeMs}`),
    ].join('\n')
  } catch {
    return null
  }
}
