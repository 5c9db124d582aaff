import { expect, onTestFinished, test } from 'vitest'
import { axeFindings } from './axe.ts'
import type { VisitOptions } from './browser.ts'
import { adminToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 0 })
const open = (options?: Partial<VisitOptions>) => site.open('/playground', options)

const admin = async (method: string, path: string, body?: object) => {
  const headers = { authorization: `Bearer ${adminToken}` }
  const reply = await fetch(site.gateway.url + path, { method, headers, body: JSON.stringify(body) })
  return reply.json()
}

test('the choice is shown while one types', async () => {
  const { page } = await open()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('What is 2 plus 2?')
  await page.getByRole('table', { name: /Candidates/ }).waitFor()
  const rows = page.getByRole('table', { name: /Candidates/ }).getByRole('row')
  expect(await rows.count()).toBe(4)
  expect(await rows.filter({ hasText: 'chosen' }).count()).toBe(1)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('')
  await page.getByText('Type, and see who would answer').waitFor()
})

test.each(['light', 'dark'] as const)(
  '%s: a prompt goes to a policy and a model, both answers stream in with their cost, and are rated',
  async (colorScheme) => {
    const { page, complaints } = await open({ colorScheme })
    await page.getByRole('textbox', { name: 'Prompt' }).fill('What is 17 plus 25?')
    await page.getByLabel('Ask also').selectOption('simulated/nano')
    await page.getByRole('button', { name: 'Ask all 2' }).click()
    for (const name of ['auto', 'simulated/nano']) {
      const card = page.getByRole('region', { name, exact: true })
      await card.getByText('done').waitFor()
      expect((await card.locator('.answer-text').textContent())?.length).toBeGreaterThan(0)
      await card.locator('.answer-facts', { hasText: /Cost\$0\.0/ }).waitFor()
    }
    await page.getByRole('button', { name: 'Good answer of simulated/nano' }).click()
    await page.getByText('Noted as feedback.').waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    const card = page.getByRole('region', { name: 'simulated/nano', exact: true })
    const id = await card.getByRole('link').textContent()
    const story = (await admin('GET', `/admin/decisions/${id}`)) as { feedback: object[] }
    expect(story.feedback).toMatchObject([{ score: 1, source: 'client' }])
  },
)

test('a call that does not come through leaves an error in its own card', async () => {
  const { page } = await open({ viewport: { width: 390, height: 844 } })
  await page.route('**/v1/chat/completions', (route) => route.abort())
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Hello.')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByRole('region', { name: 'auto', exact: true }).getByText('failed').waitFor()
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0)
})

test('a key that the gateway does not know is told of where it was written, and another one goes on', async () => {
  const made = (await admin('POST', '/admin/keys', { name: 'play' })) as {
    secret: string
    key: { id: string }
  }
  onTestFinished(async () => {
    await admin('DELETE', `/admin/keys/${made.key.id}`)
  })
  const { page } = await open()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('What is 2 plus 2?')
  await page.getByLabel('Virtual key').fill('fl-nobody-made-this-one')
  await page.locator('[aria-invalid="true"]').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByLabel('Virtual key').fill(made.secret)
  await page.getByRole('table', { name: /Candidates/ }).waitFor()
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  const card = page.getByRole('region', { name: 'auto', exact: true })
  await card.getByText('done').waitFor()
  const id = await card.getByRole('link').textContent()
  await expect
    .poll(() => admin('GET', `/admin/decisions/${id}`))
    .toMatchObject({ decision: { caller: { key: made.key.id } } })
})
