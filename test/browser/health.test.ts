import { expect, test } from 'vitest'
import { axeFindings } from './axe.ts'
import type { VisitOptions } from './browser.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 8, copies: 1 })
const open = (options?: Partial<VisitOptions>) => site.open('/health', options)

test.each([
  ['light', 390],
  ['dark', 1280],
  ['light', 2560],
] as const)(
  '%s, %i px: every target stands with its state, and holds to WCAG 2.2 AA',
  async (colorScheme, width) => {
    const { page, complaints } = await open({ colorScheme, viewport: { width, height: 900 } })
    const table = page.getByRole('table', { name: 'Targets' })
    await table.getByRole('row', { name: /simulated\/nano.*ready/ }).waitFor()
    await page.getByText('No MCP server is configured').waitFor()
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  },
)

test('what was known stays when the gateway goes, and is asked for again when it is back', async () => {
  const { page } = await open()
  await page.getByRole('table', { name: 'Targets' }).waitFor()
  await site.gateway.stop()
  await page.getByText('The gateway does not answer').waitFor()
  expect(await page.getByRole('table', { name: 'Targets' }).count()).toBe(1)
  await site.gateway.restart()
  await page.getByText('The gateway does not answer').waitFor({ state: 'detached' })
})
