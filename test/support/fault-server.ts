/** A vendor that fails as it is told, for the length of a test. */

import { onTestFinished } from 'vitest'
import { type FaultServer, type FaultServerOptions, openFaultServer, type Script } from './faults/server.ts'

export type { Behaviour } from './faults/behaviour.ts'
export { wholeText, words } from './faults/said.ts'
export { aRefusedUrl, type FaultServer } from './faults/server.ts'

/** Closed with the test. */
export async function aFaultServer(script: Script, options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = await openFaultServer(script, options)
  onTestFinished(server.close)
  return server
}
