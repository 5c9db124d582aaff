import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'

const google = { provider: 'ai-sdk', package: '@ai-sdk/google', apiKey: 'k' }
const resolved = (vendor: object, variables = {}) =>
  resolvedIn(aFolder(), { vendors: { google: vendor }, simulated: {} }, variables)
const vendorIn = async (vendor: object, variables = {}) =>
  (await resolved(vendor, variables)).vendors.find(({ vendor: { name } }) => name === 'google')!

test('a known vendor keeps its models and its key, and goes through the package', async () => {
  const { vendor, credential } = await vendorIn(
    { provider: 'ai-sdk', package: '@ai-sdk/google' },
    { GEMINI_API_KEY: 'g' },
  )
  expect(vendor).toMatchObject({
    title: 'Google Gemini',
    format: 'openai-chat',
    baseUrl: 'https://ai-sdk.invalid/@ai-sdk/google',
    library: { package: '@ai-sdk/google', export: null, method: null },
  })
  expect(credential?.reveal()).toBe('g')
  expect((await resolved(google)).models.some(({ vendor }) => vendor === 'google')).toBe(true)
})

test('a vendor that nobody knows needs neither a base URL nor a key', async () => {
  const config = await resolvedIn(aFolder(), {
    vendors: {
      bedrock: { provider: 'ai-sdk', package: '@ai-sdk/amazon-bedrock', options: { region: 'eu-west-1' } },
    },
    models: [{ id: 'bedrock/nova', prices: 'unknown' }],
    simulated: {},
  })
  const reached = config.vendors.find(({ vendor: { name } }) => name === 'bedrock')!
  expect(reached.credential).toBeNull()
  expect(reached.vendor.library?.settings()).toEqual({ region: 'eu-west-1' })
  expect(config.targets.get(config.models.find(({ id }) => id === 'bedrock/nova')!.id)).toHaveLength(1)
})

test('settings are filled in from the environment however deep they stand, and are never shown', async () => {
  const options = {
    account: { key: 'env:AWS_SECRET', list: [`x-\${REGION}`] },
    project: 'plain',
  }
  const { vendor } = await vendorIn({ ...google, options }, { AWS_SECRET: 'aws-secret-1', REGION: 'eu' })
  expect(vendor.library?.settings()).toEqual({
    account: { key: 'aws-secret-1', list: ['x-eu'] },
    project: 'plain',
  })
  expect(vendor.library?.secrets.map((secret) => secret.reveal())).toEqual(['aws-secret-1', 'x-eu'])
  expect(JSON.stringify(vendor)).not.toContain('aws-secret')
})

test.each([
  [{ package: '@ai-sdk/google' }, 'vendors.google.package', 'belongs to a vendor with `provider: ai-sdk`'],
  [{ provider: 'ai-sdk' }, 'vendors.google', 'names no package'],
  [{ ...google, format: 'openai-chat' }, 'vendors.google.format', 'has no meaning beside'],
  [{ ...google, provider: 'sdk' }, 'vendors.google.provider', 'ai-sdk'],
  [{ ...google, options: { key: 'env:NOT_SET' } }, 'vendors.google.options.key', 'NOT_SET is not set'],
])('refuses %j', async (vendor, path, told) => {
  const message = await resolved(vendor).then(
    () => '',
    (error) => error.message,
  )
  expect(message).toContain(path)
  expect(message).toContain(told)
})

test('refuses an encoder behind a package: nothing is sent to a URL that is none', async () => {
  const written = {
    vendors: { google },
    encoder: { kind: 'embeddings', vendor: 'google', model: 'm' },
    simulated: {},
  }
  await expect(resolvedIn(aFolder(), written)).rejects.toThrow('is reached through a package')
})
