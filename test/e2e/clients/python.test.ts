/** Runs where there is a Python that has both clients: `python3`, or the one that FAIRLEAD_PYTHON names. */

import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { aServedGateway, sumAnswer } from './a-served-gateway.ts'

const python = process.env.FAIRLEAD_PYTHON ?? 'python3'
const hasClients = spawnSync(python, ['-c', 'import openai, anthropic']).status === 0

test.skipIf(!hasClients)(
  'the clients of OpenAI and Anthropic in Python get answers in each format',
  async () => {
    const { url } = await aServedGateway()
    const script = join(import.meta.dirname, 'python_clients.py')
    const { stdout } = await promisify(execFile)(python, [script, url], { timeout: 60_000 })
    const got = JSON.parse(stdout)
    for (const name of ['chat', 'chat stream', 'response', 'response stream', 'message', 'message stream'])
      expect([name, got[name]]).toEqual([name, expect.stringContaining(sumAnswer)])
    expect(got['response that goes on']).toEqual(expect.any(String))
    expect(got.tool).toEqual({ city: 'Paris' })
    expect(got['tool use']).toEqual({ city: 'Paris' })
    expect(got.tokens).toBeGreaterThan(5)
    expect(got.error).toContain('Policies: auto')
  },
)
