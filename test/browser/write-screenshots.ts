/** Writes `docs/screenshots/`: each page, light and dark, from a phone to a wall screen. `npm run docs:screenshots` */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser, visit } from './browser.ts'
import { adminToken, openBusyGateway } from './busy-gateway.ts'
import { furnish } from './furnish.ts'
import { openLearningGateway } from './learning-gateway.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')

const sizes = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
  wall: { width: 2560, height: 1440 },
} as const

const schemes = ['light', 'dark'] as const

/** Until everything is there that the first look shows. */
const quiet = () => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null

async function write(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const busy = await openBusyGateway({ tasks: 150, copies: 8 })
  await furnish(busy.url)
  const learns = await openLearningGateway()
  const browser = await openBrowser()
  const pages = {
    overview: '/',
    decisions: '/decisions',
    decision: `/decisions/${busy.continued}`,
    frontier: '/frontier',
    playground: '/playground',
    experiments: '/experiments',
    learning: '/learning',
    health: '/health',
    keys: '/keys',
  }
  try {
    for (const [name, path] of Object.entries(pages))
      for (const colorScheme of schemes)
        for (const [size, viewport] of Object.entries(sizes)) {
          const { url } = name === 'learning' ? learns : busy
          const opened = await visit(browser, url, {
            token: adminToken,
            colorScheme,
            viewport,
            timezoneId: 'UTC',
          })
          await opened.page.goto(url + path)
          await opened.page.waitForFunction(quiet)
          // Plots measure the room that they have before they are drawn.
          await opened.page.waitForTimeout(400)
          const file = `${name}-${size}-${colorScheme}.jpg`
          await opened.page.screenshot({ path: join(folder, file), type: 'jpeg', quality: 76 })
          if (opened.complaints.length > 0) throw new Error(`${file}: ${opened.complaints.join('; ')}`)
          await opened.close()
        }
  } finally {
    await browser.close()
    await learns.close()
    await busy.close()
  }
}

await write()
