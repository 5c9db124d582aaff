import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeFindings } from './axe.ts'
import { readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 60, copies: 2 })
const { open } = site

const dialOf = (page: Page) => page.getByRole('slider')
const fact = (page: Page, label: string) =>
  page
    .locator('.dial-facts > div', { has: page.getByText(label, { exact: true }) })
    .locator('.dial-fact')
    .textContent()
const dollars = async (page: Page) =>
  Number((await fact(page, 'Cost per 1,000 requests'))?.replace(/[^\d.]/g, ''))

async function objectiveStated(): Promise<string> {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'What is 2 plus 2?' }] }
  const reply = await fetch(`${site.gateway.url}/v1/route`, { method: 'POST', body: JSON.stringify(body) })
  return ((await reply.json()) as { objective: { statedAs: string } }).objective.statedAs
}

test.each(['light', 'dark'] as const)(
  '%s: holds to WCAG 2.2 AA and to its own policy',
  async (colorScheme) => {
    const { page, complaints } = await open('/frontier', { colorScheme })
    await page.locator('.plot svg').waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  },
)

test.each([390, 2560])('nothing sticks out at %i px', async (width) => {
  const { page } = await open('/frontier', { viewport: { width, height: 900 } })
  await page.locator('.plot svg').waitFor()
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0)
})

test('the dial goes from the cheapest to the best, and asks the gateway nothing', async () => {
  const { page } = await open('/frontier')
  await dialOf(page).waitFor()
  let asked = 0
  page.on('request', ({ url }) => {
    if (url().includes('/admin/frontier')) asked++
  })
  await dialOf(page).press('Home')
  const cheapest = await dollars(page)
  const box = (await dialOf(page).boundingBox())!
  await page.mouse.move(box.x + 10, box.y + box.height / 2)
  await page.mouse.down()
  for (const part of [0.25, 0.5, 0.75])
    await page.mouse.move(box.x + part * box.width, box.y + box.height / 2)
  await page.mouse.up()
  const between = await dollars(page)
  await dialOf(page).press('End')
  const best = await dollars(page)
  expect(cheapest).toBeLessThan(between)
  expect(between).toBeLessThan(best)
  expect(await dialOf(page).getAttribute('aria-valuetext')).toMatch(/%$/)
  await page.getByRole('button', { name: 'Willingness to pay' }).click()
  expect(await dialOf(page).getAttribute('aria-valuetext')).toMatch(/^\$/)
  expect(asked).toBe(0)
})

test('what is applied is what the next request goes by, until it is lifted', async () => {
  const { page } = await open('/frontier')
  await dialOf(page).waitFor()
  expect(await objectiveStated()).toBe('quality 0.95')
  await page.getByRole('button', { name: 'Willingness to pay' }).click()
  await dialOf(page).press('Home')
  await page.getByRole('button', { name: 'Apply to auto' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.locator('pre').textContent()).toMatch(/^policies:\n {2}auto:\n {4}willingnessToPay: /)
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await page.getByText('Set here, in place of the configuration’s').waitFor()
  expect(await objectiveStated()).toMatch(/^\$.* per 10 points of quality$/)
  await page.getByRole('button', { name: 'Back to the configuration’s' }).click()
  await page.getByText('Set here').waitFor({ state: 'detached' })
  expect(await objectiveStated()).toBe('quality 0.95')
})

test('who may only read sees the dial, and nothing to apply it with', async () => {
  const { page } = await open('/frontier', { token: readToken })
  await dialOf(page).waitFor()
  await page.getByText('Read only').waitFor()
  expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0)
})

test('a policy that has decided nothing says so', async () => {
  const { page } = await open('/frontier?policy=nobody')
  await page.getByRole('alert').getByText('There is no policy "nobody"').waitFor()
})

test('Learning sets predictions against feedback', async () => {
  const { page, complaints } = await open('/learning')
  await page.getByText(/graded of the last/).waitFor()
  await page.locator('.plot svg').waitFor()
  await page.getByText('As a table').click()
  await page.getByRole('row').nth(2).waitFor()
  expect(await axeFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})
