import { expect, it } from 'vitest'
import type { AuditRow, Store } from '../store.ts'

export function auditing(store: () => Store): void {
  const rows = [
    anAuditRow({ id: 'a-1', time: '2026-03-01T10:00:00.000Z' }),
    anAuditRow({ id: 'a-2', time: '2026-03-01T10:00:00.000Z', actor: 'k-1', ok: false, latencyMs: 12.5 }),
    anAuditRow({ id: 'a-3', time: '2026-03-02T10:00:00.000Z', kind: 'admin', subject: 'k-1' }),
  ]
  const ids = async (filter: Partial<Parameters<Store['audit']>[0]>) =>
    (await store().audit({ since: null, kind: null, actor: null, limit: 100, ...filter })).map(({ id }) => id)

  it('gives back what was done, newest first', async () => {
    await store().addAudit([])
    await store().addAudit(rows)
    const read = await store().audit({ since: null, kind: null, actor: null, limit: 100 })
    expect(read).toEqual([rows[2], rows[1], rows[0]])
  })

  it('by time, kind and actor', async () => {
    await store().addAudit(rows)
    expect(await ids({ limit: 1 })).toEqual(['a-3'])
    expect(await ids({ since: '2026-03-02T00:00:00.000Z' })).toEqual(['a-3'])
    expect(await ids({ kind: 'tool-call' })).toEqual(['a-2', 'a-1'])
    expect(await ids({ kind: 'tool-call', actor: 'k-1' })).toEqual(['a-2'])
    expect(await ids({ actor: 'nobody' })).toEqual([])
  })

  it('has a row once that is written twice', async () => {
    await store().addAudit([rows[0]!, { ...rows[0]!, ok: false }])
    await store().addAudit([{ ...rows[0]!, details: '{"again":true}' }])
    expect(await store().audit({ since: null, kind: null, actor: null, limit: 100 })).toEqual([
      { ...rows[0]!, details: '{"again":true}' },
    ])
  })
}

export const anAuditRow = (changes: Partial<AuditRow> = {}): AuditRow => ({
  id: 'a-1',
  time: '2026-03-01T10:00:00.000Z',
  kind: 'tool-call',
  actor: null,
  action: 'files/read',
  subject: null,
  ok: true,
  latencyMs: null,
  details: '{}',
  ...changes,
})
