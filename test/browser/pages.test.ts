import { describe, expect, onTestFinished, test } from 'vitest'
import { axeFindings } from './axe.ts'
import { visit } from './browser.ts'
import { adminToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 60, copies: 4 })
const { open } = site

const pagesWithHeadings = [
  ['/', 'Overview'],
  ['/decisions', 'Decisions'],
  ['/decisions/the-continued-one', 'Decision of'],
  ['/no/such/page', 'Not found'],
] as const

const pathOf = (path: string) => path.replace('the-continued-one', site.gateway.continued)

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each(pagesWithHeadings)('%s holds to WCAG 2.2 AA and to its own policy', async (path, heading) => {
    const { page, complaints } = await open(pathOf(path), { colorScheme, reducedMotion: 'reduce' })
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.waitForFunction(() => document.querySelector('.skeleton') === null)
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})

test.each([390, 1280, 2560])('nothing sticks out at %i px', async (width) => {
  for (const [path, heading] of pagesWithHeadings) {
    const { page, close } = await open(pathOf(path), { viewport: { width, height: 900 } })
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.waitForFunction(() => document.querySelector('.skeleton') === null)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect([path, Math.max(0, over)]).toEqual([path, 0])
    await close()
  }
})

describe('the overview', () => {
  test('says what the gateway says, with units and intervals', async () => {
    const { page } = await open('/')
    const report = (await (
      await fetch(`${site.gateway.url}/admin/overview?range=24h`, {
        headers: { authorization: `Bearer ${adminToken}` },
      })
    ).json()) as { totals: { decisions: number } }
    const stat = (label: string) => page.locator('.stat', { hasText: label })
    await expect
      .poll(() => stat('Requests').locator('.stat-value').textContent())
      .toBe(report.totals.decisions.toLocaleString('en-GB'))
    expect(await stat('Spend').locator('.stat-value').textContent()).toMatch(/^\$\d/)
    await expect
      .poll(() => stat('Saved').textContent())
      .toMatch(/% – \d.*less than simulated\/frontier alone/)
    expect(await stat('Errors').textContent()).toMatch(/% – .*of/)
    await page.locator('.plot svg').nth(2).waitFor()
    expect(await page.locator('.plot svg').count()).toBe(3)
    expect(await page.getByRole('meter').count()).toBeGreaterThan(0)
  })

  test('a row leads to the decisions it is made of', async () => {
    const { page } = await open('/')
    await page.getByRole('link', { name: 'frugal' }).click()
    await page.waitForURL('**/decisions?policy=frugal')
    await page.locator('tbody tr').first().waitFor()
    const policies = await page.locator('tbody tr td:nth-child(4)').allTextContents()
    expect(new Set(policies)).toEqual(new Set(['frugal']))
  })

  test('the range stands in the address', async () => {
    const { page } = await open('/?range=7d')
    expect(await page.getByLabel('Range').inputValue()).toBe('7d')
    await page.getByLabel('Range').selectOption('1h')
    expect(new URL(page.url()).search).toBe('?range=1h')
  })
})

describe('decisions', () => {
  test('a request stands in the list as soon as it is routed, and its story is a key press away', async () => {
    const { page, complaints } = await open('/decisions')
    await page.getByText('Live: requests stand here').waitFor()
    const reply = await fetch(`${site.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'What is 17 * 23?' }] }),
    })
    const id = reply.headers.get('x-fairlead-decision')
    const link = page.locator(`a[href="/decisions/${id}"]`)
    await link.waitFor()
    expect(await page.locator('tbody tr').first().locator('a').getAttribute('href')).toBe(`/decisions/${id}`)
    await link.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Decision of' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('the keyboard alone leads from the top of the page to a story', async () => {
    const { page } = await open('/decisions')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(() => document.activeElement?.matches('tbody a') === true)) break
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Decision of' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  })

  test('pages are turned by the server, and back by the browser', async () => {
    const { page } = await open('/decisions')
    const pages = page.getByRole('navigation', { name: 'Pages', exact: true })
    await pages.getByText('1 – 50').waitFor()
    await pages.getByRole('button', { name: 'Older' }).click()
    await pages.getByText('51 – 100').waitFor()
    await page.goBack()
    await pages.getByText('1 – 50').waitFor()
  })

  test('search and filters stand in the address and hold after it is opened anew', async () => {
    const { page } = await open('/decisions')
    await page.getByLabel('Search').fill('acme')
    await page.waitForURL('**/decisions?text=acme')
    await page.getByLabel('Status').selectOption('answered')
    await page.reload()
    expect(await page.getByLabel('Search').inputValue()).toBe('acme')
    await page.locator('tbody tr').first().waitFor()
    const policies = await page.locator('tbody tr td:nth-child(4)').allTextContents()
    expect(new Set(policies)).toEqual(new Set(['support']))
    await page.getByLabel('Search').fill('nothing has this in it')
    await page.getByText('No request fits these filters.').waitFor()
  })

  test('the story of a stream that broke off says who went on with it', async () => {
    const { page } = await open(`/decisions/${site.gateway.continued}`)
    const attempts = page.locator('.timeline > li')
    await attempts.first().waitFor()
    expect(await attempts.nth(0).textContent()).toMatch(/acme\/small.*broke off in the middle/)
    expect(await attempts.nth(1).textContent()).toMatch(
      /acme\/large.*continuation of attempt 1, which broke off.*answered/,
    )
    // A shape for each beside the words, and a line from the one that broke off to the one that went on.
    const marks = attempts.locator('.timeline-mark')
    const roles = await marks.evaluateAll((list) => list.map((mark) => mark.getAttribute('data-role')))
    expect(roles).toEqual(['first', 'continuation'])
    const joined = await attempts.evaluateAll((list) =>
      list.map((line) => getComputedStyle(line, '::after').borderLeftStyle),
    )
    expect(joined).toEqual(['dashed', 'none'])
    expect(await page.getByText('Recorded before attempts said').count()).toBe(0)
    await page.locator('figure.plot svg').first().waitFor()
    expect(await page.locator('figure.plot svg').count()).toBe(1)
    expect(await page.getByText('acme/large answered in its place.').count()).toBe(1)
  })

  test('an unknown id is said to be one', async () => {
    const { page } = await open('/decisions/dec_nobody')
    await page.getByText('There is no decision by this id.').waitFor()
  })
})

test('the theme that was chosen holds against what the system prefers', async () => {
  const { page } = await open('/', { colorScheme: 'dark' })
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.getByRole('button', { name: /^Theme: system/ }).click()
  expect(await ground()).not.toBe(dark)
  await page.reload()
  await page.getByRole('button', { name: /^Theme: light/ }).waitFor()
  expect(await ground()).not.toBe(dark)
})

test('the first view is small, and asks nobody else', async () => {
  const opened = await visit(site.browser, site.gateway.url, { token: adminToken })
  onTestFinished(opened.close)
  const sizes: Promise<number>[] = []
  opened.page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!pathname.startsWith('/admin'))
      sizes.push(
        response
          .request()
          .sizes()
          .then((one) => one.responseBodySize),
      )
  })
  await opened.page.goto(site.gateway.url)
  await opened.page.locator('.plot svg').first().waitFor()
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThan(250_000)
  expect(opened.complaints).toEqual([])
})

test.each(['/', '/decisions'])('%s stands still while it fills', async (path) => {
  const { page } = await open(path)
  await page.locator('tbody tr').first().waitFor()
  await page.waitForTimeout(500)
  const shifted = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 200)
      }),
  )
  // What web vitals call good ends at 0.1.
  expect(shifted).toBeLessThan(0.05)
})
