import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write a file in several steps, and some put a new one in its place: one call for all that comes within this. */
const settleMs = 150

/**
 * Calls `onChange` after the file has changed and on SIGHUP; one call at a time, and one more if something changed meanwhile.
 * `null`: there is no file to watch. The result ends it.
 */
export function watchConfig(file: string | null, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | null = null
  let busy = false
  let again = false
  const run = async (): Promise<void> => {
    if (busy) {
      again = true
      return
    }
    busy = true
    do {
      again = false
      await onChange()
    } while (again)
    busy = false
  }
  const soon = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void run(), settleMs)
  }
  const onSignal = (): void => void run()
  process.on('SIGHUP', onSignal)
  const watcher = file === null ? null : watchFile(file, soon)
  return () => {
    process.off('SIGHUP', onSignal)
    watcher?.close()
    if (timer !== null) clearTimeout(timer)
  }
}

/** The folder is watched: a watch on the file itself is lost when another takes its place. */
function watchFile(file: string, onChange: () => void): FSWatcher {
  const name = basename(file)
  const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
    if (changed === null || changed === name) onChange()
  })
  // A folder that goes away takes the watch with it; SIGHUP still works.
  watcher.on('error', () => watcher.close())
  return watcher
}
