import { expect, it } from 'vitest'
import { keptVersions } from '../documents.ts'
import type { Document, Store } from '../store.ts'

export function keepingDocuments(store: () => Store): void {
  const put = (document: Document) => store().putDocument(document, document.version - 1)

  it('is its newest version, with the earlier ones behind it', async () => {
    expect(await store().document('experiment', 'a')).toBeNull()
    const versions = [1, 2, 3].map((version) => aDocument({ version, text: `version ${version}` }))
    for (const document of versions) expect(await put(document)).toBe(true)
    expect(await store().document('experiment', 'a')).toEqual(versions[2])
    expect(await store().documentHistory('experiment', 'a', 10)).toEqual([...versions].reverse())
    expect(await store().documentHistory('experiment', 'a', 2)).toEqual([versions[2], versions[1]])
  })

  it('is not changed by one who has not seen its newest version', async () => {
    await put(aDocument())
    await put(aDocument({ version: 2, text: 'second' }))
    for (const version of [1, 2, 4, 9]) expect(await put(aDocument({ version, text: 'late' }))).toBe(false)
    expect(await store().document('experiment', 'a')).toEqual(aDocument({ version: 2, text: 'second' }))
    expect(await store().documentHistory('experiment', 'a', 10)).toHaveLength(2)
  })

  it('is changed by one of those who change it at once, again and again', async () => {
    for (let version = 1; version <= 10; version++) {
      const texts = ['one', 'two', 'three', 'four']
      const won = await Promise.all(texts.map((text) => put(aDocument({ version, text }))))
      expect(won.filter(Boolean)).toHaveLength(1)
      expect((await store().document('experiment', 'a'))?.text).toBe(texts[won.indexOf(true)])
    }
  })

  it('can not skip a version', async () => {
    await expect(store().putDocument(aDocument({ version: 3 }), 1)).rejects.toThrow(RangeError)
  })

  it('is listed by id among those of its kind', async () => {
    await put(aDocument({ id: 'b' }))
    await put(aDocument({ id: 'a' }))
    await put(aDocument({ id: 'a', version: 2 }))
    await put(aDocument({ kind: 'policy-state', id: 'c' }))
    const listed = await store().documents('experiment')
    expect(listed).toEqual([aDocument({ id: 'a', version: 2 }), aDocument({ id: 'b' })])
    expect(await store().documents('none')).toEqual([])
  })

  it('forgets its oldest versions, and no one makes it forget more', async () => {
    for (let version = 1; version <= keptVersions + 5; version++) await put(aDocument({ version }))
    await put(aDocument({ id: 'b' }))
    expect(await put(aDocument({ version: 10_000 }))).toBe(false)
    const history = await store().documentHistory('experiment', 'a', 1000)
    expect(history.map(({ version }) => version)).toEqual(
      Array.from({ length: keptVersions }, (_, index) => keptVersions + 5 - index),
    )
    // A version that is forgotten can't be written anew.
    expect(await put(aDocument({ version: 2 }))).toBe(false)
    expect(await store().document('experiment', 'b')).not.toBeNull()
  })
}

const aDocument = (changes: Partial<Document> = {}): Document => ({
  kind: 'experiment',
  id: 'a',
  version: 1,
  changedAt: '2026-03-01T10:00:00.000Z',
  text: '{"it\'s":"änders"}',
  ...changes,
})
