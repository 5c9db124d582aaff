/** A browser and a gateway at work for all tests of a file, closed after the last of them. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { openBrowser, type Visit, type VisitOptions, visit } from './browser.ts'
import { adminToken, type BusyGateway, type BusyOptions, openBusyGateway } from './busy-gateway.ts'

export type Site = {
  /** These two are there once tests run. */
  readonly browser: Browser
  readonly gateway: BusyGateway
  /** A page of the dashboard, as an administrator sees it unless told otherwise; closed when the test is over. */
  readonly open: (path: string, options?: Partial<VisitOptions>) => Promise<Visit>
}

export function openSite(options: BusyOptions): Site {
  let browser: Browser | undefined
  let gateway: BusyGateway | undefined
  beforeAll(async () => {
    browser = await openBrowser()
    gateway = await openBusyGateway(options)
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
  })
  return {
    get browser() {
      return browser!
    },
    get gateway() {
      return gateway!
    },
    open: async (path, shown = {}) => {
      const opened = await visit(browser!, gateway!.url, { token: adminToken, ...shown })
      onTestFinished(opened.close)
      await opened.page.goto(gateway!.url + path)
      return opened
    },
  }
}
