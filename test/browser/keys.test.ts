import { expect, test } from 'vitest'
import { axeFindings } from './axe.ts'
import type { VisitOptions } from './browser.ts'
import { readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 0 })
const open = (options?: Partial<VisitOptions>) => site.open('/keys', options)

const statusWith = async (secret: string): Promise<number> => {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello.' }] })
  const headers = { authorization: `Bearer ${secret}` }
  return (await fetch(`${site.gateway.url}/v1/chat/completions`, { method: 'POST', headers, body })).status
}

test('a key is created, shown once, rotated and revoked', async () => {
  const { page, complaints } = await open()
  await page.getByText('There is no key yet').waitFor()
  await page.getByRole('button', { name: 'Create a key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('Give it a name').waitFor()
  await dialog.getByLabel('Name').fill('ci')
  await dialog.getByLabel('Dollars').fill('20')
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Create' }).click()
  const secret = (await page.getByLabel('The new key').textContent())!
  expect(secret).toMatch(/^fl-/)
  expect(await statusWith(secret)).toBe(200)
  await dialog.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row', { name: /ci/ })
  await row.getByText('valid').waitFor()
  expect(await row.textContent()).toContain('$20.00 a month')
  await page.getByRole('meter', { name: /^ci \(key\), this month/ }).waitFor()
  // Nothing of it is left on the page.
  expect(await page.content()).not.toContain(secret)

  await page.getByRole('button', { name: 'Rotate ci' }).click()
  await dialog.getByLabel('How long the old secret goes on').fill('0')
  await dialog.getByRole('button', { name: 'Make a new secret' }).click()
  const next = (await page.getByLabel('The new key').textContent())!
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect([await statusWith(secret), await statusWith(next)]).toEqual([401, 200])

  await page.getByRole('button', { name: 'Revoke ci' }).click()
  await dialog.getByRole('button', { name: 'Revoke it' }).click()
  await row.getByText('revoked').waitFor()
  expect(await statusWith(next)).toBe(401)
  expect(complaints).toEqual([])
})

test('a team is made, and removed', async () => {
  const { page } = await open()
  const card = page.getByRole('region', { name: 'Teams and projects' })
  await card.getByRole('button', { name: 'Create' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('search')
  await dialog.getByLabel('Dollars a month').fill('50')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await card.getByRole('row', { name: /search.*\$50\.00 a month/ }).waitFor()
  await page.getByRole('button', { name: 'Remove search' }).click()
  await dialog.getByRole('button', { name: 'Remove it' }).click()
  await card.getByText('There is no team or project yet').waitFor()
})

test.each([
  ['light', 390],
  ['dark', 1280],
] as const)(
  '%s, %i px: budgets stand as bars, and who may only read has no buttons',
  async (colorScheme, width) => {
    const viewport = { width, height: 900 }
    const { page, complaints } = await open({ token: readToken, colorScheme, viewport })
    await page.getByRole('meter').first().waitFor()
    await page.getByText('Read only').waitFor()
    expect(await page.locator('main').getByRole('button').count()).toBe(0)
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  },
)
