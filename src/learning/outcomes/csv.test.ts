import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvRecord, csvRecords } from './csv.ts'

async function* linesOf(text: string) {
  let number = 0
  for (const line of text.split('\n')) yield { number: ++number, text: line }
}

async function read(text: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = []
  for await (const record of csvRecords(linesOf(text))) records.push(record)
  return records
}

const cellsOf = async (text: string) =>
  (await read(text)).map((record) => (record.kind === 'cells' ? record.cells : record.problem))

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

test('whatever is written in quotes is read back', async () => {
  const table = fc.integer({ min: 1, max: 4 }).chain((columns) =>
    fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r', ' ') }), {
        minLength: columns,
        maxLength: columns,
      }),
      { minLength: 1, maxLength: 5 },
    ),
  )
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), async (rows, end) => {
      const header = rows[0]!.map((_, column) => `c${column}`)
      const text = [header, ...rows].map((row) => row.map(quoted).join(',')).join(end)
      expect(await cellsOf(text)).toEqual([header, ...rows])
    }),
  )
})

test('records are numbered by the line they begin on', async () => {
  const records = await read('a,b\n"one\ntwo",2\n\n3,4')
  expect(records.map(({ line }) => line)).toEqual([1, 2, 5])
})

test('semicolons and tabs separate where the header has them', async () => {
  expect(await cellsOf('a;b\n1,5;2')).toEqual([
    ['a', 'b'],
    ['1,5', '2'],
  ])
  expect(await cellsOf('\uFEFFa\tb\n1\t')).toEqual([
    ['a', 'b'],
    ['1', ''],
  ])
})

test.each([
  ['a,b\n1,"open\nand on', 2, 'never closed'],
  ['a,b\n1,x"y"', 2, 'stray quote in cell 2'],
  ['a,b\n"x"y,2', 2, 'after the closing quote of cell 1'],
])('%j is refused, and reading goes on where it can', async (text, line, problem) => {
  const records = await read(text)
  expect(records[0]).toMatchObject({ kind: 'cells' })
  expect(records[1]).toMatchObject({ kind: 'bad', line, problem: expect.stringContaining(problem) })
})
