import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { Store } from '../store.ts'

/** `place` gives a new, empty place, as it may stand in a configuration; `open` opens it. */
export function survivingKills(place: () => string, open: (place: string) => Promise<Store>): void {
  it('a process that is killed under load leaves all that its log has called written, and nothing by halves', async () => {
    const at = place()
    const acknowledged = await killedUnderLoad(at)
    expect(acknowledged).toBeGreaterThan(200)
    const store = await open(at)
    const stored = await store.decisions({ since: null, policy: null, limit: 100_000 })
    const finished = stored.flatMap(({ decision, outcome }) =>
      outcome === null ? [] : [decision.id as string],
    )
    const missing = Array.from({ length: Math.floor(acknowledged / 2) }, (_, n) => `d-${n}`).filter(
      (id) => !finished.includes(id),
    )
    expect(missing).toEqual([])
    const ledger = await store.ledger({ since: null, policy: null, limit: 100_000 })
    expect(ledger).toHaveLength(finished.length * 2)
    const [sums] = await store.report({ since: null, policy: null })
    expect(sums?.microUsd).toBe(finished.length * 240)
    expect(ledger.reduce((total, { microUsd }) => total + (microUsd ?? 0), 0)).toBe(finished.length * 240)
    await store.close()
  })
}

/** How many decisions and outcomes, which take turns, the log of the killed process had called written. */
async function killedUnderLoad(place: string): Promise<number> {
  const here = (file: string) =>
    JSON.stringify(pathToFileURL(fileURLToPath(new URL(file, import.meta.url))).href)
  const script = `
    const { openStore } = await import(${here('../open-store.ts')})
    const { parseStorage } = await import(${here('../storage-settings.ts')})
    const { createDecisionLog } = await import(${here('../../telemetry/decision-log.ts')})
    const { aDecision, anAttempt, anOutcome } = await import(${here('../../../test/support/a-decision.ts')})
    const store = await openStore(parseStorage(${JSON.stringify(place)}, '/'))
    const log = createDecisionLog(store, { onProblem: (problem) => console.error(problem) })
    let n = 0
    setInterval(() => {
      for (let more = 0; more < 5; more++, n++) {
        log.decided(aDecision({ id: 'd-' + n }))
        log.finished(anOutcome({ decision: 'd-' + n, attempts: [anAttempt(), anAttempt()], cost: 240 }))
      }
      process.stdout.write(log.counts().written + '\\n')
    }, 1)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let written = 0
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    written = Math.max(written, ...lines.map(Number))
    if (written > 2_000) child.kill('SIGKILL')
  })
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  return written
}
