import { expect, test } from 'vitest'
import { axeFindings } from './axe.ts'
import type { VisitOptions } from './browser.ts'
import { adminToken, readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 0 })
const open = (options?: Partial<VisitOptions>) => site.open('/keys', options)

const statusWith = async (secret: string): Promise<number> => {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello.' }] })
  const headers = { authorization: `Bearer ${secret}` }
  return (await fetch(`${site.gateway.url}/v1/chat/completions`, { method: 'POST', headers, body })).status
}

const administer = async (method: string, path: string, body: object) => {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const reply = await fetch(`${site.gateway.url}/admin${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  })
  return (await reply.json()) as { readonly key: { readonly id: string }; readonly secret: string }
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

test('a limit that is lowered refuses, and one that is raised lets pass again; what was spent stays', async () => {
  const { key, secret } = await administer('POST', '/keys', {
    name: 'changing',
    limits: [{ usd: 20, per: 'month', softAt: 0.8 }],
    tags: ['blue'],
    requestsPerMinute: 600,
  })
  expect(await statusWith(secret)).toBe(200)
  const { page, complaints } = await open()
  const bar = page.getByRole('meter', { name: /^changing \(key\), this month/ })
  await bar.waitFor()
  const spent = /^(.+) of \$20\.00$/.exec((await bar.getAttribute('aria-valuetext'))!)![1]!
  const dialog = page.getByRole('dialog', { name: 'Change changing' })
  const change = async (dollars: string) => {
    await page.getByRole('button', { name: 'Change changing' }).click()
    await dialog.getByLabel('Dollars').fill(dollars)
  }

  await change('0.000002')
  await dialog
    .getByText('used already: requests will be refused until it is raised or the month ends')
    .waitFor()
  expect(await axeFindings(page)).toEqual([])
  // All of it can be done, and left, by the keyboard.
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.locator(`[aria-valuetext="${spent} of $0.000002"]`).waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
    'Change changing',
  )
  expect(await statusWith(secret)).toBe(402)

  await change('30')
  await dialog.getByText(`This month ${spent} used.`).waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.locator(`[aria-valuetext="${spent} of $30.00"]`).waitFor()
  expect(await statusWith(secret)).toBe(200)
  const reply = await fetch(`${site.gateway.url}/admin/keys/${key.id}`, {
    headers: { authorization: `Bearer ${adminToken}` },
  })
  expect(await reply.json()).toMatchObject({
    key: {
      name: 'changing',
      tags: ['blue'],
      spendLimits: [{ limit: 30, softAt: 0.8 }],
      rateLimits: { requestsPerMinute: 600 },
    },
  })
  expect(complaints).toEqual([])
})

test('nonsense is told where it stands, and nothing is sent', async () => {
  await administer('POST', '/keys', { name: 'strict', expiresIn: '30d' })
  const { page } = await open()
  await page.getByRole('button', { name: 'Change strict' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(' ')
  await dialog.getByLabel('Dollars').fill('a lot')
  await dialog.getByLabel('Requests at once').fill('1.5')
  await dialog.getByLabel('Expires', { exact: true }).selectOption('after a while')
  await dialog.getByLabel('Expires in').fill('soon')
  const asked: string[] = []
  page.on('request', (request) => request.method() === 'PATCH' && asked.push(request.url()))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Give it a name').waitFor()
  // Whoever can't see them all is taken to the first.
  expect(await dialog.getByLabel('Name').evaluate((one) => one === document.activeElement)).toBe(true)
  await dialog.getByText('Write dollars, 0.000001 at least').waitFor()
  await dialog.getByText('Write a whole number above 0').waitFor()
  await dialog.getByText('Write a span such as 12h or 30d.').waitFor()
  expect(await dialog.getByRole('textbox', { name: 'Dollars' }).getAttribute('aria-invalid')).toBe('true')
  expect(await axeFindings(page)).toEqual([])
  // What the gateway alone can know is told as it says it.
  await dialog.getByLabel('Name').fill('x'.repeat(201))
  await dialog.getByLabel('Dollars').fill('')
  await dialog.getByLabel('Requests at once').fill('')
  await dialog.getByLabel('Expires', { exact: true }).selectOption('never')
  expect(asked).toEqual([])
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('name:').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /strict/ }).waitFor()
})

test('two who edit the same key do not overwrite each other', async () => {
  await administer('POST', '/keys', { name: 'shared', limits: [{ usd: 5, per: 'day' }] })
  const [ada, ben] = [await open(), await open()]
  for (const { page } of [ada, ben]) await page.getByRole('button', { name: 'Change shared' }).click()
  const [first, second] = [ada.page.getByRole('dialog'), ben.page.getByRole('dialog')]
  await first.getByLabel('Dollars').fill('6')
  await first.getByLabel('User').fill('ada')
  await first.getByRole('button', { name: 'Save' }).click()
  await first.waitFor({ state: 'detached' })

  await second.getByLabel('Dollars').fill('7')
  await second.getByLabel('Tags').fill('blue')
  await second.getByRole('button', { name: 'Save' }).click()
  const told = second.getByRole('alert')
  await told.getByText('somebody else has changed it meanwhile').waitFor()
  expect(await told.textContent()).toContain('(spending limits, user)')
  expect(await axeFindings(ben.page)).toEqual([])
  // What he wrote stands, what he had not touched is what it is now, and nothing of his was saved.
  expect(await second.getByLabel('Dollars').inputValue()).toBe('7')
  expect(await second.getByLabel('User').inputValue()).toBe('ada')
  await ada.page.getByRole('row', { name: /shared.*\$6\.00 a day.*ada/ }).waitFor()
  await second.getByRole('button', { name: 'Save' }).click()
  await second.waitFor({ state: 'detached' })
  await ben.page.getByRole('row', { name: /shared.*\$7\.00 a day.*ada/ }).waitFor()
})

test.each([
  ['light', 390],
  ['dark', 1280],
] as const)('%s, %i px: the form and its buttons fit', async (colorScheme, width) => {
  await administer('POST', '/keys', {
    name: `a key of ${colorScheme}`,
    limits: [
      { usd: 0.000001, per: 'month' },
      { tokens: 5_000_000, per: 'lifetime' },
    ],
    policies: [],
    expiresIn: '30d',
  })
  const { page, complaints } = await open({ colorScheme, viewport: { width, height: 900 } })
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  await page.getByRole('button', { name: `Change a key of ${colorScheme}` }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('group', { name: /^Spending limit/ }).count()).toBe(2)
  await dialog.getByRole('button', { name: 'Add another spending limit' }).click()
  expect(await dialog.getByRole('group', { name: /^Spending limit/ }).count()).toBe(3)
  expect(await dialog.getByLabel('Policies').inputValue()).toBe('(none)')
  expect(await fits()).toBeLessThanOrEqual(0)
  expect(await dialog.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0)
  expect(await axeFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a team is made, changed, and removed', async () => {
  const { page } = await open()
  const card = page.getByRole('region', { name: 'Teams and projects' })
  await card.getByRole('button', { name: 'Create' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('search')
  await dialog.getByLabel('Dollars').fill('50')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await card.getByRole('row', { name: /search.*\$50\.00 a month/ }).waitFor()
  await page.getByRole('button', { name: 'Change search' }).click()
  await dialog.getByLabel('Name').fill('find')
  await dialog.getByLabel('Per', { exact: true }).selectOption('a day')
  await dialog.getByLabel('Requests at once').fill('3')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await card.getByRole('row', { name: /find.*\$50\.00 a day, 3 at once/ }).waitFor()
  // Another is first here too.
  await page.getByRole('button', { name: 'Change find' }).click()
  await administer('PATCH', '/groups/find', { tokensPerMinute: 900 })
  await dialog.getByLabel('Requests at once').fill('4')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('(tokens a minute)').waitFor()
  expect(await dialog.getByLabel('Tokens a minute').inputValue()).toBe('900')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await card.getByRole('row', { name: /find.*900 tokens a minute, 4 at once/ }).waitFor()
  await page.getByRole('button', { name: 'Remove find' }).click()
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
