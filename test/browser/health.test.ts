import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { axeFindings } from './axe.ts'
import { openBrowser, type Visit, type VisitOptions, visit } from './browser.ts'
import { adminToken, type BusyGateway, openBusyGateway } from './busy-gateway.ts'

let browser: Browser
let gateway: BusyGateway

beforeAll(async () => {
  browser = await openBrowser()
  gateway = await openBusyGateway({ tasks: 8, copies: 1 })
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

async function open(options: Partial<VisitOptions> = {}): Promise<Visit> {
  const opened = await visit(browser, gateway.url, { token: adminToken, ...options })
  onTestFinished(opened.close)
  await opened.page.goto(`${gateway.url}/health`)
  return opened
}

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
  await gateway.stop()
  await page.getByText('The gateway does not answer').waitFor()
  expect(await page.getByRole('table', { name: 'Targets' }).count()).toBe(1)
  await gateway.restart()
  await page.getByText('The gateway does not answer').waitFor({ state: 'detached' })
})
