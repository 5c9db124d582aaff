import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { axeFindings } from './axe.ts'
import { openBrowser, type VisitOptions, visit } from './browser.ts'
import { adminToken, readToken } from './busy-gateway.ts'
import { openLearningGateway } from './learning-gateway.ts'

let browser: Browser
let gateway: Awaited<ReturnType<typeof openLearningGateway>>

beforeAll(async () => {
  browser = await openBrowser()
  gateway = await openLearningGateway()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

async function open(path = '/learning', options: Partial<VisitOptions> = {}) {
  const opened = await visit(browser, gateway.url, { token: adminToken, ...options })
  onTestFinished(opened.close)
  await opened.page.goto(gateway.url + path)
  const card = opened.page.getByRole('region', { name: 'Regret', exact: true })
  return { ...opened, card }
}

const drawn = (card: Awaited<ReturnType<typeof open>>['card']) => card.locator('.plot svg')

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('regret is drawn with its band, and holds to WCAG 2.2 AA and to the page’s own policy', async () => {
    const { page, card, complaints } = await open('/learning', {
      colorScheme,
      token: readToken,
      reducedMotion: 'reduce',
    })
    await drawn(card).nth(2).waitFor()
    expect(await drawn(card).count()).toBe(3)
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})

test('each curve says what it is, in words and as a table', async () => {
  const { card } = await open()
  await drawn(card).nth(2).waitFor()
  // Mid is the best by quality less 10 x dollars, and what was drawn one time in five is behind it.
  expect(await card.locator('.regret-verdict').textContent()).toMatch(
    /^Always simulated\/mid would have earned more, by [\d.]+ to [\d.]+ good answers over the 1,500 decisions left to chance\./,
  )
  const band = card.getByRole('img', { name: /What others would have earned beyond the policy/ })
  expect(await band.getAttribute('aria-label')).toMatch(
    /95 % band.*always simulated\/mid: [\d.]+ good answers \([\d.]+ to [\d.]+\)/,
  )
  expect(await band.locator('[aria-label="area"] path').count()).toBe(2)
  await card.getByText('Of 1,500 decisions that have ended 1,500 were left to chance').waitFor()
  await card.getByText('as a table').first().click()
  const table = card.getByRole('table', { name: 'What others would have earned beyond the policy' })
  expect(await table.getByRole('columnheader').allTextContents()).toEqual([
    'Until',
    'Instead',
    'Estimate',
    'From',
    'To',
  ])
  expect(await table.getByRole('row').count()).toBeGreaterThan(50)
  const rivals = card.getByRole('table', { name: /Earned beyond the policy/ })
  expect(await rivals.getByRole('row').count()).toBe(5)
})

test('a version that was rolled back is marked on the axis of time', async () => {
  const { card } = await open()
  await drawn(card).nth(2).waitFor()
  const first = card.locator('figure.plot', { hasText: 'What others would have earned' })
  await card
    .getByText(/^┊ \d: .* version 4: back to 2$/)
    .first()
    .waitFor()
  await expect.poll(() => first.locator('svg [aria-label="text"] text').count()).toBeGreaterThan(1)
})

test('dollars for trying stand against their limit', async () => {
  const { card } = await open()
  await card.getByText('at most $6.00 per day').waitFor()
  const label = await card.getByRole('img', { name: /Booked for trying models/ }).getAttribute('aria-label')
  expect(label).toMatch(/this day: \$.*; in all: \$.*; by these decisions: \$/)
  // A fifth of a thousand, at $0.019 each.
  await card
    .getByText(/as far as they say it, (1\d\d|2\d\d) of them tried a model, for \$[345]\.\d\d in all/)
    .waitFor()
})

test('what was given up is by the policy’s beliefs, and says of how many decisions they are not on record', async () => {
  const { card } = await open()
  await card.getByText(/The record of 500 of 1,500 decisions does not say that/).waitFor()
  const label = await card
    .getByRole('img', { name: /Given up by what the policy believed/ })
    .getAttribute('aria-label')
  expect(label).toMatch(/given up: [\d.]+ good answers.*; of which by the predictions: [\d.]+ good answers/)
})

test('a policy of which nothing can be said says so, and the choice stands in the address', async () => {
  const { page, card } = await open()
  await card.getByLabel('Policy of the regret').selectOption('careful')
  await page.waitForURL('**/learning?regret=careful')
  await card.getByText('careful has decided nothing that tells anything yet').waitFor()
  expect(await card.getByLabel('Policy of the regret').locator('option').allTextContents()).toEqual([
    'auto',
    'careful',
  ])
  const messages = [{ role: 'user', content: 'What is 4 plus 5?' }]
  const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'careful', messages }),
  })
  await reply.text()
  await expect
    .poll(
      async () => {
        await page.reload()
        return card
          .locator('.regret-verdict')
          .textContent({ timeout: 5_000 })
          .catch(() => '')
      },
      { timeout: 60_000, interval: 1_000 },
    )
    .toMatch(/can’t be said: no choice was left to chance.*explore/)
  expect(await drawn(card).count()).toBe(1)
})

test('what can’t be read is told, and asked for again', async () => {
  const { page, card } = await open('/keys')
  let refusing = true
  await page.route('**/admin/policies/*/regret*', (route) =>
    refusing
      ? route.fulfill({ status: 500, json: { error: { message: 'The disk is full.', code: 'internal' } } })
      : route.continue(),
  )
  await page.goto(`${gateway.url}/learning`)
  await card.getByRole('alert').waitFor()
  refusing = false
  await card.getByRole('button', { name: 'Try again' }).click()
  await drawn(card).nth(2).waitFor()
})

test.each([390, 1280, 2560])('nothing sticks out at %i px', async (width) => {
  const { page, card } = await open('/learning', { viewport: { width, height: 900 } })
  await drawn(card).nth(2).waitFor()
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(Math.max(0, over)).toBe(0)
})
