import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { anArtefact } from '../../test/support/a-router.ts'
import {
  anEmbeddingsServer,
  type EmbeddingsReply,
  type EmbeddingsRequest,
} from '../../test/support/an-embeddings-server.ts'
import { type RouterArtefact, writeRouterArtefact } from '../estimate/router-artefact.ts'
import { withoutWords } from '../learning/training/fixed-encoder/vector-encoder.ts'
import type { Gateway } from './gateway.ts'

/** The fifth number is what the heads of `anArtefact` read: the higher, the harder for `acme/small`. */
const vectorOf = (text: string): number[] => [0, 0, 0, 0, text.includes('hard') ? 1 : -1, 0, 0]

const vectorsOf = ({ input }: EmbeddingsRequest): EmbeddingsReply => ({
  kind: 'json',
  body: { data: input.map((text, index) => ({ index, embedding: vectorOf(text) })) },
})

function anArtefactFile(encoder: string, changes: Partial<RouterArtefact> = {}): string {
  const artefact = anArtefact({ encoder: withoutWords(7), ...changes })
  const path = join(aFolder(), 'mine.fairlead')
  writeFileSync(path, writeRouterArtefact({ ...artefact, about: { ...artefact.about, encoder } }))
  return path
}

async function aGatewayWith(
  reply: (request: EmbeddingsRequest) => EmbeddingsReply,
  { artefact = '', timeoutMs = 2000 } = {},
) {
  const { baseUrl, seen } = await anEmbeddingsServer(reply)
  const opened = await aGateway({
    config: {
      ...acmeConfig('http://127.0.0.1:9/v1'),
      encoder: { kind: 'embeddings', baseUrl, model: 'embed', timeoutMs },
      ...(artefact && { artefact }),
    },
    variables: acmeKey,
  })
  return { ...opened, seen }
}

async function decided(gateway: Gateway, text: string) {
  const { asked } = incoming({ model: 'auto', messages: say(text) })
  const routed = gateway.route(asked, (await gateway.readText?.(asked)) ?? null)
  if (routed.kind === 'failed') throw new Error(routed.failure.message)
  const { signals, candidates, objective } = routed.decision
  const small = candidates.find(({ id }) => id === 'acme/small')!
  return { signals, quality: small.quality.mean, objective, decidedInMicros: routed.decision.decidedInMicros }
}

describe('an artefact that was trained over the encoder', () => {
  test('is read with its vectors', async () => {
    const { gateway } = await aGatewayWith(vectorsOf, { artefact: anArtefactFile('embeddings embed') })
    const [easy, hard] = [await decided(gateway, 'An easy one.'), await decided(gateway, 'A hard one.')]
    expect(hard.quality).toBeLessThan(easy.quality - 0.2)
    expect(hard.signals.complexity).toBeGreaterThan(easy.signals.complexity + 0.2)
    expect(hard.signals.warnings).toBeUndefined()
  })

  test('a text is sent once, however often it is decided', async () => {
    const { gateway, seen } = await aGatewayWith(vectorsOf, { artefact: anArtefactFile('embeddings embed') })
    const both = [await decided(gateway, 'A hard one.'), await decided(gateway, 'A hard one.')]
    expect(both[0]!.quality).toBe(both[1]!.quality)
    expect(seen).toHaveLength(1)
  })

  test.each([
    [
      'is down',
      () => ({ kind: 'status', status: 500 }) as const,
      2000,
      /^encoder: The vendor could not serve/,
    ],
    [
      'is too slow',
      () => ({ kind: 'never' }) as const,
      20,
      /^encoder: it did not answer within its time limit$/,
    ],
    [
      'sends other vectors',
      () => ({ kind: 'json', body: { data: [{ embedding: [1, 2] }] } }) as const,
      2000,
      /^encoder: its vectors have 2 numbers, and the artefact wants 7$/,
    ],
  ])(
    'an encoder that %s: the shipped artefact decides, and the decision says so',
    async (_, reply, timeoutMs, warning) => {
      const artefact = anArtefactFile('embeddings embed')
      const { gateway } = await aGatewayWith(reply, { artefact, timeoutMs })
      const plain = await aGateway({ config: acmeConfig('http://127.0.0.1:9/v1'), variables: acmeKey })
      const [found, expected] = [
        await decided(gateway, 'A hard one.'),
        await decided(plain.gateway, 'A hard one.'),
      ]
      expect(found.quality).toBe(expected.quality)
      expect(found.objective).toEqual(expected.objective)
      expect(found.signals.warnings).toEqual([expect.stringMatching(warning)])
      expect({ ...found.signals, warnings: undefined }).toEqual({ ...expected.signals, warnings: undefined })
    },
  )

  test('is refused where the encoder is another, each by its name', async () => {
    const artefact = anArtefactFile('embeddings another')
    await expect(aGatewayWith(vectorsOf, { artefact })).rejects.toThrow(
      /mine\.fairlead was trained over the encoder embeddings another, and the one in use is embeddings embed: .* Name its encoder under `encoder`, or train it over the one in use/,
    )
  })

  test('is refused where there is no encoder', async () => {
    const config = { ...acmeConfig('http://127.0.0.1:9/v1'), artefact: anArtefactFile('embeddings embed') }
    await expect(aGateway({ config, variables: acmeKey })).rejects.toThrow(
      'was trained over the encoder embeddings embed, and the one in use is the built-in one',
    )
  })
})

test('without an artefact of its own, an encoder leaves the estimates as they were', async () => {
  const { gateway, config, seen } = await aGatewayWith(vectorsOf)
  const plain = await aGateway({ config: acmeConfig('http://127.0.0.1:9/v1'), variables: acmeKey })
  const [found, expected] = [
    await decided(gateway, 'A hard one.'),
    await decided(plain.gateway, 'A hard one.'),
  ]
  expect({ ...found, decidedInMicros: 0 }).toEqual({ ...expected, decidedInMicros: 0 })
  expect(seen).toHaveLength(1)
  expect(config.notes.join('\n')).toContain('estimates of quality stay those of the shipped artefact')
})

test('an artefact that carries an encoder other than the one its heads were fitted over is refused', async () => {
  const file = anArtefactFile('n-grams-of-another', { encoder: anArtefact().encoder })
  const config = { ...acmeConfig('http://127.0.0.1:9/v1'), artefact: file }
  await expect(aGateway({ config, variables: acmeKey })).rejects.toThrow(
    /was trained over the encoder n-grams-of-another, and the one in use is n-grams-/,
  )
})

test('the built-in encoder has nobody to wait for', async () => {
  const { gateway } = await aGateway()
  expect(gateway.readText).toBeNull()
})
