/** Debian's Chromium, and a page of the dashboard in it that notices whatever a browser complains of. */

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })

export type Visit = {
  readonly page: Page
  /** Violations of the page's policy, uncaught errors, errors on the console, requests to anybody else. */
  readonly complaints: readonly string[]
  readonly close: () => Promise<void>
}

export type VisitOptions = Pick<
  BrowserContextOptions,
  'colorScheme' | 'viewport' | 'timezoneId' | 'reducedMotion'
> & {
  /** Shown as if it had been typed in; `null`: none. */
  readonly token: string | null
}

export async function visit(
  browser: Browser,
  url: string,
  { token, viewport = { width: 1280, height: 900 }, ...options }: VisitOptions,
): Promise<Visit> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', ...options })
  const complaints: string[] = []
  await context.addInitScript((shown) => {
    if (shown !== null && sessionStorage.getItem('fairlead.admin-token') === null)
      sessionStorage.setItem('fairlead.admin-token', shown)
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    )
  }, token)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // What the gateway refuses is part of some tests, and Chromium writes a line for each.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`elsewhere: ${request.url()}`)
  })
  return { page, complaints, close: () => context.close() }
}
