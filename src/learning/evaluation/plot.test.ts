import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import { groupMeans } from './group-means.ts'
import { placeLabels } from './label-placement.ts'
import { plotReport } from './plot.ts'
import { runEvaluation } from './run.ts'
import { buildTable } from './table.ts'

test('the plot names every model, control and curve, and escapes what a name may hold', async () => {
  const result = await runEvaluation(
    {
      rows: [...easyAndHardRows(200, 'train'), ...easyAndHardRows(100, 'dev')],
      prices: null,
      fitSplit: 'train',
      scoreSplit: 'dev',
      pool: null,
      exclude: [],
      inputOverheadTokens: 0,
      seed: '1',
      resamples: 100,
      notes: [],
      onProgress: () => {},
    },
    ({ fitRows, pool, costing }) =>
      groupMeans('a <b> & c', buildTable(fitRows, pool, costing), ({ category }) => category ?? ''),
  )
  const svg = result.kind === 'report' ? plotReport(result.report)! : ''
  expect(svg).not.toContain('NaN')
  expect(svg).toContain('Quality and cost of a &lt;b&gt; &amp; c')
  const { document } = parseHTML(svg)
  const texts = [...document.querySelectorAll('text')].map((text) => text.textContent ?? '').join('\n')
  for (const word of [
    'cheap',
    'middle',
    'dear',
    'oracle',
    'random mix',
    'prompt length',
    'per category',
    '$1',
  ]) {
    expect(texts).toContain(word)
  }
})

test('labels stay inside the frame and off each other while there is room', () => {
  const bounds = { x: 0, y: 0, width: 900, height: 500 }
  const anchor = fc.record({
    x: fc.integer({ min: 20, max: 880 }),
    y: fc.integer({ min: 20, max: 480 }),
    text: fc.constantFrom('model-a', 'a-longer-model-name', 'm'),
  })
  fc.assert(
    fc.property(fc.array(anchor, { maxLength: 8 }), (anchors) => {
      const boxes = placeLabels(anchors, [], bounds, 11).map(({ text, x, y }) => ({
        left: x,
        right: x + text.length * 6.6,
        top: y - 10,
        bottom: y + 2,
      }))
      boxes.forEach((a, index) => {
        expect(a.left >= -0.1 && a.right <= 900.1 && a.top >= -0.2 && a.bottom <= 500.5).toBe(true)
        for (const b of boxes.slice(index + 1)) {
          expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false)
        }
      })
    }),
  )
})
