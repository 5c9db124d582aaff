import { expect, test } from 'vitest'
import { axeFindings } from './axe.ts'
import type { VisitOptions } from './browser.ts'
import { adminToken, readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 0 })
const open = (options?: Partial<VisitOptions>) => site.open('/experiments', options)

const send = (path: string, body: object): Promise<Response> =>
  fetch(site.gateway.url + path, {
    method: 'POST',
    headers: { authorization: path.startsWith('/admin') ? `Bearer ${adminToken}` : '' },
    body: JSON.stringify(body),
  })

type Grade = (policy: string | null, at: number) => number

/** Requests of sessions of their own, each graded. */
async function graded(count: number, grade: Grade = (_, at) => at % 2): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const messages = [{ role: 'user', content: `What is ${at} plus ${at * 3}?` }]
      const reply = await send('/v1/chat/completions', { model: 'auto', messages })
      await reply.text()
      const score = grade(reply.headers.get('x-fairlead-policy'), at)
      await send('/v1/feedback', { decision: reply.headers.get('x-fairlead-decision'), score })
    }),
  )
}

const servedBy = async (): Promise<string | null> => {
  const messages = [{ role: 'user', content: 'Hello.' }]
  return (await send('/v1/chat/completions', { model: 'auto', messages })).headers.get('x-fairlead-policy')
}

test('one is begun, looked at, and promoted: all requests go to the winner', async () => {
  const { page, complaints } = await open()
  await page.getByText('No experiment has been begun').waitFor()
  await page.getByRole('button', { name: 'Begin one' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await dialog.getByText('Choose the policy to try.').waitFor()
  await dialog.getByLabel('Name').fill('cheaper')
  await dialog.getByLabel('Requests for').selectOption('auto')
  await dialog.getByLabel('Try').selectOption('frugal')
  await dialog.getByLabel('What stays with one policy').selectOption('request')
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('heading', { name: 'cheaper' }).waitFor()
  await graded(200)
  const band = page.getByRole('img', { name: /Difference in quality to auto.*frugal: / })
  await expect
    .poll(
      async () => {
        await page.getByRole('button', { name: 'Look now' }).click()
        return band.count()
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe(1)
  expect(await page.locator('.verdict').textContent()).toMatch(/frugal.*points/)
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Promote' }).click()
  await dialog.getByRole('button', { name: 'Promote it' }).click()
  await page.locator('.badge', { hasText: 'promoted frugal' }).first().waitFor()
  expect(await page.getByRole('button', { name: 'Promote' }).count()).toBe(0)
  expect(await servedBy()).toBe('frugal')
  expect(complaints).toEqual([])
})

test('whoever watches sees one end that somebody else ends', async () => {
  const begun = await send('/admin/experiments', { id: 'watched', policy: 'auto', arms: { frugal: 0.3 } })
  expect(begun.status).toBe(200)
  const { page } = await open({ token: readToken, colorScheme: 'dark' })
  const card = page.getByRole('region', { name: 'watched', exact: true })
  await card.getByText('running').waitFor()
  expect(await card.getByRole('button').count()).toBe(0)
  expect(await axeFindings(page)).toEqual([])
  await send('/admin/experiments/watched/roll-back', {})
  await page.locator('.badge', { hasText: 'rolled back to auto' }).first().waitFor()
  await page.getByText('rolled-back by an administrator').waitFor()
})

test('whoever watches sees one end by itself: an arm that is worse is rolled back, and the verdict says why', async () => {
  const taken = { id: 'by-itself', policy: 'auto', arms: { frugal: 0.5 }, by: 'request' }
  expect((await send('/admin/experiments', taken)).status).toBe(200)
  const { page, complaints } = await open({ token: readToken })
  const card = page.getByRole('region', { name: 'by-itself', exact: true })
  await card.getByText('running').waitFor()
  await graded(300, (policy, at) => Number((at % 10 === 0) === (policy === 'frugal')))
  // Nobody clicks: the gateway looks by itself every half minute.
  await card.locator('.badge', { hasText: 'rolled back to auto' }).waitFor({ timeout: 60_000 })
  expect(await card.locator('.verdict').textContent()).toMatch(
    /Roll frugal back: more than 2 points of quality lost.* requests so far/,
  )
  expect(await servedBy()).toBe('auto')
  expect(await axeFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('what the gateway refuses is told in the dialog', async () => {
  await send('/admin/experiments', { id: 'taken', policy: 'auto', arms: { frugal: 0.3 } })
  const { page } = await open({ viewport: { width: 390, height: 844 } })
  await page.getByRole('button', { name: 'Begin one' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('another')
  await dialog.getByLabel('Requests for').selectOption('auto')
  await dialog.getByLabel('Try').selectOption('frugal')
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await dialog.getByRole('alert').getByText('auto takes part in taken. End it first.').waitFor()
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0)
})
