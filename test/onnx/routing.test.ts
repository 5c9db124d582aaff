import { expect, test } from 'vitest'
import { acmeConfig, acmeKey } from '../support/acme-config.ts'
import { aGateway, atOnce, incoming, say } from '../support/a-gateway.ts'
import { aServer } from '../support/a-server.ts'
import { aClassifierFolder, anEncoderFolder } from '../support/a-text-model.ts'

/** Three classes in the order of RouteLLM's: the strong model wins, a tie, the weak one wins. */
const words = { prove: [4, 0, 0], list: [0, 0, 2], hello: [0, 0, 4], the: [0, 0, 0] }
const labels = ['strong-wins', 'tie', 'weak-wins']

const duo = (classifier: object = {}) => ({
  ...atOnce,
  classifiers: {
    'who-wins': { model: aClassifierFolder({ words, labels: null }), labels, timeoutMs: 5000, ...classifier },
  },
  policies: {
    duo: {
      strategy: 'threshold',
      strong: 'simulated/frontier',
      weak: 'simulated/nano',
      classifier: { name: 'who-wins', winLabels: ['strong-wins'], threshold: 0.4 },
    },
  },
})

test('a classifier of three labels routes between two models, and the decision log keeps what it said', async () => {
  const { gateway, stored } = await aGateway({ config: duo() })
  const client = new AbortController().signal
  for (const text of ['Prove the theorem', 'hello', 'list the list'])
    await gateway.chat(incoming({ model: 'duo', messages: say(text) }), client)
  const decisions = (await stored()).map(({ decision }) => decision)
  expect(decisions.map(({ chosen }) => chosen)).toEqual([
    'simulated/frontier',
    'simulated/nano',
    'simulated/nano',
  ])
  for (const { signals, because } of decisions) {
    const { 'strong-wins': strong, tie, 'weak-wins': weak } = signals.classes!['who-wins']!
    expect(strong! + tie! + weak!).toBeCloseTo(1, 6)
    expect(because).toContain(
      `who-wins says that simulated/frontier beats simulated/nano with probability ${strong!.toFixed(3)}`,
    )
    expect(signals.warnings).toBeUndefined()
  }
})

test('POST /v1/route shows what it said', async () => {
  const { url } = await aServer({ config: duo() })
  const reply = await fetch(`${url}/v1/route`, {
    method: 'POST',
    body: JSON.stringify({ model: 'duo', messages: say('prove') }),
  })
  expect(await reply.json()).toMatchObject({
    chosen: 'simulated/frontier',
    signals: { classes: { 'who-wins': { 'strong-wins': expect.closeTo(0.96, 1) } } },
  })
})

test('where it fails, the estimates decide and the decision says so', async () => {
  const config = duo({ labels: ['yes', 'no'] })
  const classifier = { name: 'who-wins', winLabels: ['yes'], threshold: 0.4 }
  const { gateway } = await aGateway({
    config: { ...config, policies: { duo: { ...config.policies.duo, classifier } } },
  })
  const { asked } = incoming({ model: 'duo', messages: say('prove') })
  const routed = gateway.route(asked, (await gateway.readText?.(asked)) ?? null)
  expect(routed).toMatchObject({
    kind: 'decided',
    decision: {
      because: expect.stringContaining('who-wins has not said who wins; by the estimates'),
      signals: { warnings: [expect.stringContaining('has 3 classes, and 2 labels are named')] },
    },
  })
})

test('a sentence encoder stands beside the estimates, and both sit in one gateway', async () => {
  const { gateway } = await aGateway({
    config: {
      ...acmeConfig('http://127.0.0.1:9/v1'),
      encoder: {
        kind: 'transformers',
        model: anEncoderFolder({ words: { prove: [1, 0], hello: [0, 1] } }),
        timeoutMs: 5000,
      },
      classifiers: { domain: { model: aClassifierFolder({ words, labels }), timeoutMs: 5000 } },
    },
    variables: acmeKey,
  })
  const { asked } = incoming({ model: 'auto', messages: say('prove') })
  const text = await gateway.readText?.(asked)
  expect([...text!.vector!]).toEqual([1, 0])
  const routed = gateway.route(asked, text ?? null)
  expect(routed).toMatchObject({ decision: { signals: { classes: { domain: expect.anything() } } } })
})

test('a model that can not be opened stops the gateway from starting', async () => {
  const config = { ...atOnce, classifiers: { broken: { model: '/nowhere/model' } } }
  await expect(aGateway({ config })).rejects.toThrow('The folder /nowhere/model has no config.json.')
})
