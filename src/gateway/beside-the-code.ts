import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const mostLevels = 5

/**
 * A file of the installed package, by its place beside or above whatever file the code that asks has become part of: sources and
 * the built package lie at different depths. `null`: it is missing.
 *
 * @param from the asking module's `import.meta.url`
 */
export function besideTheCode(from: string, ...place: readonly string[]): string | null {
  let folder = dirname(fileURLToPath(from))
  for (let level = 0; level < mostLevels; level++) {
    const path = join(folder, ...place)
    if (existsSync(path)) return path
    folder = dirname(folder)
  }
  return null
}
