import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import type { LimitPeriod } from '../../domain/limits.ts'
import type { JournalFiles, JournalOptions } from './journal.ts'
import { openMemoryState } from './memory-state.ts'
import type { Account, Held, OpenHold, SharedState, StateProblem } from './shared-state.ts'
import { StateError } from './state-error.ts'

const start = Date.parse('2026-11-27T12:30:00Z')
const dayMs = 86_400_000

type Opening = Partial<JournalOptions> & { readonly at?: number }

/** A state over a journal. `at` is where its wall's clock stands. */
function open(path: string, { at = start, ...options }: Opening = {}) {
  const problems: StateProblem[] = []
  const state = openMemoryState({
    clock: { now: () => 0, wall: () => new Date(at) },
    report: (problem) => problems.push(problem),
    journal: { path, ...options },
  })
  onTestFinished(() => state.close())
  return { state, problems }
}

/** What a process that is killed now leaves: its journal as the system has it. */
function leftBehind(path: string): string {
  const copy = join(aFolder(), 'journal')
  fs.copyFileSync(path, copy)
  return copy
}

const key: Account = { name: 'key "k-1" usd\nñ', per: 'day' }
const team: Account = { name: 'team', per: 'month' }

function hold(state: SharedState, amounts: readonly number[], accounts = [key, team]): OpenHold {
  const holds = amounts.map((amount, index) => ({ account: accounts[index]!, amount, limit: null }))
  const held = state.hold(holds, 60_000) as Held
  if (held.kind === 'refused') throw new Error('refused')
  return held.hold
}
const sums = ({ state }: { readonly state: SharedState }, account = key) => {
  const { spent, reserved } = state.balance(account)
  return [spent, reserved]
}

describe('a process that is killed', () => {
  test('has lost nothing: what was set aside counts as spent', () => {
    const path = join(aFolder(), 'state', 'journal')
    const { state } = open(path)
    hold(state, [100, 10]).settle([90, 9])
    hold(state, [50, 5]).change([60, 6])
    hold(state, [1, 1]).keep()
    hold(state, [7, 7]).settle([0, 0])
    const after = open(leftBehind(path))
    expect(sums(after)).toEqual([151, 0])
    expect(sums(after, team)).toEqual([16, 0])
    expect(after.problems).toEqual([])
  })

  test('in the middle of a line: that line never was', () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path)
    hold(state, [100]).settle([90])
    const whole = fs.readFileSync(path)
    hold(state, [1000]).settle([500])
    const all = fs.readFileSync(path)
    for (let bytes = whole.length; bytes < all.length; bytes++) {
      const torn = join(aFolder(), 'journal')
      fs.writeFileSync(torn, all.subarray(0, bytes))
      const after = open(torn)
      expect([90, 1090]).toContain(sums(after)[0])
      expect(after.problems).toEqual([])
    }
  })

  test('comes back in a later period: what it had spent is over, what it had set aside counts', () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path)
    hold(state, [100]).settle([90])
    hold(state, [50])
    const after = open(leftBehind(path), { at: start + dayMs })
    expect(sums(after)).toEqual([50, 0])
  })

  test('comes back with its clock set back: nothing is forgotten', () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path)
    hold(state, [100]).settle([90])
    expect(sums(open(leftBehind(path), { at: start - 3 * dayMs }))).toEqual([90, 0])
  })
})

test('a process that is killed in the middle of its work has lost nothing that it said was settled', async () => {
  const path = join(aFolder(), 'journal')
  const state = JSON.stringify(join(import.meta.dirname, 'memory-state.ts'))
  const said = join(aFolder(), 'said')
  const program = `
    import { openSync, writeSync } from 'node:fs'
    import { openMemoryState } from ${state}
    const clock = { now: () => performance.now(), wall: () => new Date(${start}) }
    const journal = { path: ${JSON.stringify(path)}, compactAfterBytes: 20_000 }
    const state = openMemoryState({ clock, report: () => {}, journal })
    const said = openSync(${JSON.stringify(said)}, 'a')
    for (;;) {
      const { hold } = state.hold([{ account: { name: 'key', per: 'day' }, amount: 10, limit: null }], 1000)
      hold.settle([9])
      writeSync(said, '.')
    }`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  const settled = () => (fs.existsSync(said) ? fs.statSync(said).size : 0)
  // More than once through a rewriting.
  await expect.poll(settled, { timeout: 15_000, interval: 1 }).toBeGreaterThan(2000)
  child.kill('SIGKILL')
  await ended
  const [spent = 0] = sums(open(path), { name: 'key', per: 'day' })
  // The last one may have been settled, or set aside, and not been said.
  expect([0, 9, 10]).toContain(spent - 9 * settled())
})

describe('a journal', () => {
  test('is short again after it was closed', async () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path)
    for (let n = 0; n < 1000; n++) hold(state, [2, 2]).settle([1, 1])
    const grown = fs.statSync(path).size
    await state.close()
    expect(fs.statSync(path).size).toBeLessThan(grown / 100)
    expect(sums(open(path))).toEqual([1000, 0])
  })

  test('is rewritten when it has grown, holds that are open included', () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path, { compactAfterBytes: 2000 })
    const first = hold(state, [5, 5])
    for (let n = 0; n < 1000; n++) {
      hold(state, [2, 2]).settle([1, 1])
      expect(fs.statSync(path).size).toBeLessThan(3000)
    }
    expect(sums(open(leftBehind(path)))).toEqual([1005, 0])
    first.settle([1, 1])
    expect(sums(open(leftBehind(path)))).toEqual([1001, 0])
  })

  test('belongs to one state at a time', async () => {
    const path = join(aFolder(), 'journal')
    const first = open(path)
    hold(first.state, [3])
    expect(() => open(path)).toThrow(StateError)
    expect(() => open(path)).toThrow(/belongs to another process that runs.*redis:/s)
    await first.state.close()
    expect(sums(open(path))).toEqual([3, 0])
  })

  test('that was damaged says so, keeps what can be read and a copy of the rest', () => {
    const path = join(aFolder(), 'journal')
    const { state } = open(path)
    hold(state, [100]).settle([90])
    hold(state, [20]).settle([10])
    const copy = leftBehind(path)
    const lines = fs.readFileSync(copy, 'latin1').split('\n')
    const last = lines.length - 2
    lines[last] = lines[last]!.replace(' 10', ' 99')
    fs.writeFileSync(copy, lines.join('\n'), 'latin1')
    const after = open(copy)
    expect(sums(after)).toEqual([110, 0])
    expect(after.problems).toMatchObject([
      { kind: 'journal-failed', reason: expect.stringMatching(/^1 lines/) },
    ])
    expect(fs.readFileSync(`${copy}.damaged`, 'latin1')).toBe(lines.join('\n'))
  })

  test('in a place where none can be made is refused with a remedy', () => {
    const file = join(aFolder(), 'file')
    fs.writeFileSync(file, '')
    expect(() => open(join(file, 'journal'))).toThrow(StateError)
  })

  test('is for nobody else to read', () => {
    const path = join(aFolder(), 'journal')
    open(path)
    expect(fs.statSync(path).mode & 0o077).toBe(0)
  })
})

/** A disk that is full while `full` says so, and takes a part of a line before it says so. */
function aDisk(): { readonly files: JournalFiles; full: boolean } {
  const disk = {
    full: false,
    files: {
      ...fs,
      writeSync: ((descriptor: number, text: string, position: null, encoding: 'latin1') => {
        if (!disk.full) return fs.writeSync(descriptor, text, position, encoding)
        fs.writeSync(descriptor, text.slice(0, 5), position, encoding)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }) as typeof fs.writeSync,
    },
  }
  return disk
}

describe('a disk that is full', () => {
  test('stops nobody, is told once, and everything is written when there is room', async () => {
    const path = join(aFolder(), 'journal')
    const disk = aDisk()
    const { state, problems } = open(path, { files: disk.files, retryAfterMs: 5 })
    hold(state, [10]).settle([10])
    disk.full = true
    const open_ = hold(state, [20])
    hold(state, [30]).settle([30])
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(sums({ state })).toEqual([40, 20])
    expect(problems).toMatchObject([{ kind: 'journal-failed', reason: expect.stringContaining('ENOSPC') }])
    // What was acknowledged before it was full is still there.
    expect(sums(open(leftBehind(path)))[0]).toBeGreaterThanOrEqual(10)
    disk.full = false
    await expect.poll(() => sums(open(leftBehind(path)))[0]).toBe(60)
    open_.settle([1])
    expect(sums(open(leftBehind(path)))).toEqual([41, 0])
    expect(problems).toHaveLength(1)
  })
})

type Act =
  | { readonly kind: 'hold'; readonly amounts: readonly [number, number] }
  | { readonly kind: 'change' | 'settle'; readonly which: number; readonly amounts: readonly number[] }
  | { readonly kind: 'keep'; readonly which: number }
  | { readonly kind: 'crash'; readonly torn: boolean }
  | { readonly kind: 'restart' }

const amounts = fc.tuple(fc.nat(600), fc.nat(600))
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('hold' as const), amounts }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('change', 'settle'), which: fc.nat(8), amounts }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('keep' as const), which: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), torn: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { maxLength: 40 },
)

/** As it should be, for one account. */
type Model = { spent: number; error: number; readonly per: LimitPeriod }

test('any interleaving with crashes and restarts loses nothing and keeps the limit', async () => {
  const limit = 2000
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      let path = join(fs.mkdtempSync(join(aFolder(), 'p-')), 'journal')
      let { state } = open(path, { compactAfterBytes: 400 })
      const accounts: Account[] = [
        { name: 'one', per: 'lifetime' },
        { name: 'other', per: 'month' },
      ]
      const model: Model[] = accounts.map(({ per }) => ({ spent: 0, error: 0, per }))
      let openHolds: { hold: OpenHold; amounts: readonly number[] }[] = []
      const reserved = (index: number) => openHolds.reduce((sum, one) => sum + one.amounts[index]!, 0)
      for (const act of list) {
        if (act.kind === 'hold') {
          const holds = accounts.map((account, index) => ({ account, amount: act.amounts[index]!, limit }))
          const held = state.hold(holds, 60_000) as Held
          const fits = model.every(
            ({ spent }, index) => spent + reserved(index) + act.amounts[index]! <= limit,
          )
          expect(held.kind).toBe(fits ? 'held' : 'refused')
          if (held.kind === 'held') openHolds.push({ hold: held.hold, amounts: act.amounts })
        } else if (act.kind === 'crash' || act.kind === 'restart') {
          model.forEach((one, index) => {
            one.spent += reserved(index)
          })
          openHolds = []
          const left = act.kind === 'crash' ? leftBehind(path) : path
          await state.close()
          if (act.kind === 'crash' && act.torn) fs.appendFileSync(left, 'deadbeef s 1 1')
          path = left
          state = open(path, { compactAfterBytes: 400 }).state
        } else {
          const one = openHolds[act.which]
          if (!one) continue
          const came = act.kind === 'keep' ? one.amounts : act.amounts
          model.forEach((account, index) => {
            account.error += Math.max(0, came[index]! - one.amounts[index]!)
            if (act.kind !== 'change') account.spent += came[index]!
          })
          if (act.kind === 'change') {
            one.amounts = came
            one.hold.change(came)
          } else {
            openHolds.splice(act.which, 1)
            if (act.kind === 'keep') one.hold.keep()
            else one.hold.settle(came)
          }
        }
        accounts.forEach((account, index) => {
          const { spent, reserved: aside } = state.balance(account)
          expect([spent, aside]).toEqual([model[index]!.spent, reserved(index)])
          expect(spent + aside).toBeLessThanOrEqual(limit + model[index]!.error)
        })
      }
      await state.close()
    }),
    { numRuns: 60 },
  )
})
