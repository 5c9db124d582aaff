import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStoredGateway } from '../../src/gateway/open-gateway.ts'
import { startServer } from '../../src/http/server.ts'
import { aFolder } from '../support/a-folder.ts'
import { resolvedIn } from '../support/a-gateway.ts'
import { writeOutcomeSet } from '../support/an-outcome-set.ts'
import { axeFindings } from './axe.ts'
import { visit } from './browser.ts'
import { adminToken, readToken } from './busy-gateway.ts'
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

async function objectiveStated(url = site.gateway.url): Promise<string> {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'What is 2 plus 2?' }] }
  const reply = await fetch(`${url}/v1/route`, { method: 'POST', body: JSON.stringify(body) })
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

/** A gateway that has served nobody and knows an outcome set, and one whose file is none. */
async function withSets() {
  const folder = aFolder()
  writeOutcomeSet(join(folder, 'tickets.jsonl'), { tasks: 150 })
  writeFileSync(join(folder, 'letters.jsonl'), 'Dear all,\n')
  const config = await resolvedIn(
    folder,
    {
      simulated: { pace: 0 },
      admin: { token: 'env:ADMIN' },
      policies: { auto: { quality: 0.95, pool: ['simulated/nano', 'simulated/mid', 'simulated/frontier'] } },
      outcomeSets: { tickets: 'tickets.jsonl', letters: 'letters.jsonl' },
    },
    { ADMIN: adminToken },
  )
  const gateway = await openStoredGateway(config, { onLogProblem: console.error })
  const limits = { bodyLimitBytes: 1_000_000, shutdownGraceMs: 500, onError: console.error }
  const server = await startServer(gateway, { host: '127.0.0.1', port: 0, ...limits })
  onTestFinished(server.close)
  const shown = await visit(site.browser, server.url, { token: adminToken })
  onTestFinished(shown.close)
  return { ...shown, folder, url: server.url }
}

describe('an outcome set', () => {
  test('is picked, dialled through and applied: what is shown was measured on it', async () => {
    const { page, url, complaints } = await withSets()
    await page.goto(`${url}/frontier`)
    await page.getByText('has decided nothing yet').waitFor()
    await page.getByLabel('Based on').selectOption({ label: 'outcome set tickets' })
    await page.getByRole('heading', { name: 'Measuring on tickets' }).waitFor()
    await dialOf(page).waitFor()
    expect(new URL(page.url()).searchParams.get('set')).toBe('tickets')
    await page.getByText(/True outcomes of 150 prompts of tickets/).waitFor()
    await page.locator('.plot svg').waitFor()
    expect(await axeFindings(page)).toEqual([])

    await dialOf(page).press('Home')
    const cheapest = await dollars(page)
    const box = (await dialOf(page).boundingBox())!
    await page.mouse.move(box.x + 10, box.y + box.height / 2)
    await page.mouse.down()
    for (const part of [0.25, 0.5, 1]) await page.mouse.move(box.x + part * box.width, box.y + box.height / 2)
    await page.mouse.up()
    expect(await dollars(page)).toBeGreaterThan(cheapest)
    expect(await fact(page, 'Quality, measured')).toMatch(/%$/)

    await page.getByRole('button', { name: 'Willingness to pay' }).click()
    await page.getByRole('button', { name: 'Apply to auto' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/Measured on 150 prompts of the outcome set tickets that comes to/).waitFor()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Set here, in place of the configuration’s').waitFor()
    expect(await objectiveStated(url)).toMatch(/^\$.* per 10 points of quality$/)
    expect(complaints).toEqual([])
  })

  test('stands in the address, on a phone too', async () => {
    const { page, url } = await withSets()
    await page.setViewportSize({ width: 390, height: 900 })
    await page.goto(`${url}/frontier?set=tickets`)
    await page.getByText('What was measured').waitFor()
    await page.getByText('The models of the set').click()
    await page.getByText('no: the policy does not choose among it').first().waitFor()
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0)
  })

  test('that can’t be read says why, and is tried again', async () => {
    const { page, url, folder } = await withSets()
    await page.goto(`${url}/frontier?set=letters`)
    const alert = page.getByRole('alert')
    await alert.getByText(/letters\.jsonl:1 is not JSON/).waitFor()
    expect(await axeFindings(page)).toEqual([])
    rmSync(join(folder, 'letters.jsonl'))
    writeOutcomeSet(join(folder, 'letters.jsonl'), { tasks: 80 })
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.getByText(/True outcomes of 80 prompts of letters/).waitFor()
    await page.goto(`${url}/frontier?set=others`)
    await page.getByText(/There is no outcome set "others"\. There are tickets, letters\./).waitFor()
  })

  test('is explained where the configuration names none', async () => {
    const { page, complaints } = await open('/frontier')
    await page.getByLabel('Based on').selectOption({ label: 'an outcome set' })
    await page.getByText('The configuration names no outcome set').waitFor()
    expect(await page.locator('.empty pre').textContent()).toContain('outcomeSets:')
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})
