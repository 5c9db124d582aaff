import { describe, expect, onTestFinished, test } from 'vitest'
import type { Decision, DecisionId } from '../../src/domain/decision.ts'
import { modelId } from '../../src/domain/model.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { aDecision, anOutcome } from '../support/a-decision.ts'
import { axeFindings } from './axe.ts'
import { type Visit, visit } from './browser.ts'
import { adminToken, openBusyGateway, readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 12, copies: 1 })
const { open } = site

describe('who may see it', () => {
  test('without a token there is a log-in, which takes the right one and refuses others', async () => {
    const { page, complaints } = await open('/decisions', { token: null })
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByLabel('Token').fill('not the token')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('This is not the admin token.').waitFor()
    await page.getByLabel('Token').fill(adminToken)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Decisions' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('a token that was tampered with brings the log-in back, and says why', async () => {
    const { page } = await open('/')
    await page.locator('.plot svg').first().waitFor()
    await page.evaluate(() => sessionStorage.setItem('fairlead.admin-token', 'tämpered\u{1F600}'))
    await page.reload()
    await page.getByText('The token that this tab had is not valid any more.').waitFor()
    expect(await page.locator('.stat').count()).toBe(0)
  })

  test('a token that may only read sees everything, and is told that it may do no more', async () => {
    const { page, complaints } = await open('/', { token: readToken })
    await page.getByText('Read only').waitFor()
    await page.locator('.plot svg').first().waitFor()
    expect(complaints).toEqual([])
  })

  test('logging out forgets the token', async () => {
    const { page } = await open('/')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('a gateway that is gone: the page keeps what it knows, says so, and goes on by itself', async () => {
    const { page } = await open('/decisions')
    await page.locator('tbody tr').first().waitFor()
    const elsewhere = await open('/no/such/page')
    await site.gateway.stop()
    await page.getByText('The gateway does not answer').waitFor({ timeout: 30_000 })
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(10)
    expect(await axeFindings(page)).toEqual([])
    await elsewhere.page.getByText('The gateway does not answer').waitFor({ timeout: 30_000 })
    await site.gateway.restart()
    await page.getByText('The gateway does not answer').waitFor({ state: 'hidden', timeout: 40_000 })
    await page.getByText('Live: requests stand here').waitFor({ timeout: 40_000 })
  }, 120_000)

  test('a decision of five megabytes is told without the page standing still', async () => {
    await keep(hugeDecision())
    const { page, complaints } = await open('/decisions/dec_huge')
    await page.getByRole('heading', { level: 1, name: 'Decision of' }).waitFor()
    await page.locator('.plot svg').waitFor()
    expect(await page.locator('*').count()).toBeLessThan(5_000)
    // It answers to a click at once, which a page that draws for seconds would not.
    await page
      .getByRole('button', { name: /^Show 500 more/ })
      .first()
      .click({ timeout: 3_000 })
    await page.getByRole('button', { name: 'Show', exact: true }).click({ timeout: 3_000 })
    await page.getByText(/The first 20,000 of .* characters/).waitFor()
    expect(complaints).toEqual([])
  })

  test("a clock five hours off: ages are by the gateway's clock, and the page says so", async () => {
    const { page } = await visitWithClock(5 * 3_600_000)
    await page.getByText("This device's clock is 5 h ahead of the gateway's.").waitFor()
    await page
      .getByText(/begins anew in/)
      .first()
      .waitFor()
    expect(await page.getByText(/begins anew.* ago/).count()).toBe(0)
  })
})

test('times are in the zone of who looks', async () => {
  const at = '2026-03-01T10:00:00.000Z'
  await keep({ ...aDecision({ id: 'dec_zone', time: at }) })
  const { page } = await open('/decisions/dec_zone', { timezoneId: 'Asia/Tokyo' })
  await page.getByRole('heading', { name: /19:00:00/ }).waitFor()
})

test('before any traffic it offers the demonstration, and fills as one watches', async () => {
  const fresh = await openBusyGateway({ tasks: 0 })
  onTestFinished(fresh.close)
  const { page, complaints, close } = await visit(site.browser, fresh.url, { token: adminToken })
  onTestFinished(close)
  await page.goto(fresh.url)
  await page.getByRole('button', { name: 'Run the demonstration' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Run the demonstration' }).click()
  await page.getByText('All 120 tasks are answered.').waitFor({ timeout: 60_000 })
  const requests = page.locator('.stat', { hasText: 'Requests' }).locator('.stat-value')
  await expect.poll(() => requests.textContent(), { timeout: 15_000 }).toBe('120')
  const quality = page.locator('.stat', { hasText: 'Quality' }).first()
  await expect.poll(() => quality.textContent(), { timeout: 15_000 }).toMatch(/% – .*120 ratings/)
  expect(complaints).toEqual([])
}, 120_000)

async function visitWithClock(aheadMs: number): Promise<Visit> {
  const opened = await visit(site.browser, site.gateway.url, { token: adminToken })
  onTestFinished(opened.close)
  await opened.page.clock.install({ time: Date.now() + aheadMs })
  await opened.page.goto(site.gateway.url)
  return opened
}

async function keep(decision: Decision): Promise<void> {
  const store = await openSqliteStore({ path: site.gateway.store })
  await store.append({ decisions: [decision], outcomes: [anOutcome({ decision: decision.id })] })
  await store.close()
}

function hugeDecision(): Decision {
  const plain = aDecision({ id: 'dec_huge' as DecisionId })
  const [candidate] = plain.candidates
  const numbers = Array.from({ length: 12_000 }, (_, index) => index)
  return {
    ...plain,
    because: 'because '.repeat(100_000),
    candidates: numbers.map((index) => ({ ...candidate!, id: modelId(`vendor/model-${index}`) })),
    refused: numbers.map((index) => ({
      id: modelId(`vendor/refused-${index}`),
      rule: 'context-window',
      reason: `${index + 9000} tokens do not fit. `.repeat(8),
    })),
  }
}
