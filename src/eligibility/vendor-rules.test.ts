import { describe, expect, test } from 'vitest'
import { aVendor } from '../../test/support/an-engine.ts'
import { aCandidate, aRequest, aSignals } from '../../test/support/builders.ts'
import type { VendorConditions } from '../domain/routing-options.ts'
import type { Vendor } from '../domain/vendor.ts'
import { dataPolicy } from './data-policy.ts'
import { region } from './region.ts'
import type { Circumstances } from './rule.ts'
import { vendors } from './vendors.ts'

const anything: VendorConditions = { only: null, ignore: [], data: 'any', regions: null }

/** Of a model that these vendors serve, under these conditions. */
const circumstances = (
  served: readonly Partial<Vendor>[],
  ...conditions: readonly Partial<VendorConditions>[]
): Circumstances => ({
  request: aRequest(),
  signals: aSignals(),
  needsCost: false,
  maxCostUsd: null,
  vendorsOf: () => served.map((vendor) => aVendor(vendor)),
  conditions: conditions.map((one) => ({ ...anything, ...one })),
})

const rules = [vendors, dataPolicy, region]
const model = aCandidate({ id: 'acme/small' })

test('where nothing is said of vendors all may serve', () => {
  for (const { refuse } of rules) {
    expect(refuse(model, circumstances([{}]))).toBeNull()
    expect(refuse(model, circumstances([{}], {}))).toBeNull()
    expect(
      refuse(model, { request: aRequest(), signals: aSignals(), needsCost: false, maxCostUsd: null }),
    ).toBeNull()
  }
})

describe('vendors', () => {
  const refusal = (served: readonly Partial<Vendor>[], ...conditions: readonly Partial<VendorConditions>[]) =>
    vendors.refuse(model, circumstances(served, ...conditions))

  test('only those that are named, whatever their capitals', () => {
    expect(refusal([{ name: 'Acme' }], { only: ['acme', 'globex'] })).toBeNull()
    expect(refusal([{ name: 'acme' }], { only: ['globex'] })).toContain('only globex')
  })

  test('none that is to be left out, though it is named as well', () => {
    expect(refusal([{ name: 'acme' }], { ignore: ['acme'] })).toContain('ignore')
    expect(refusal([{ name: 'acme' }], { only: ['acme'], ignore: ['acme'] })).toContain('ignore')
    expect(refusal([{ name: 'globex' }], { ignore: ['acme'] })).toBeNull()
  })

  test('every vendor that may be asked for the model must be allowed, by every condition', () => {
    expect(refusal([{ name: 'acme' }, { name: 'globex' }], { only: ['acme'] })).toContain('globex')
    expect(refusal([{ name: 'acme' }], { only: ['acme'] }, { only: ['globex'] })).not.toBeNull()
  })

  test('one that chooses among vendors itself keeps to the names by itself', () => {
    const { quirks } = aVendor()
    expect(refusal([{ quirks: { ...quirks, providerField: true } }], { only: ['groq'] })).toBeNull()
  })
})

describe('data-policy', () => {
  test.each<readonly [Partial<Vendor>, VendorConditions['data'], boolean]>([
    [{}, 'any', true],
    [{}, 'no-training', false],
    [{ dataCollection: 'training' }, 'any', true],
    [{ dataCollection: 'training' }, 'no-training', false],
    [{ dataCollection: 'kept' }, 'no-training', true],
    [{ dataCollection: 'kept' }, 'zero-retention', false],
    [{ dataCollection: 'none' }, 'zero-retention', true],
    [{ local: true }, 'zero-retention', true],
    [{ local: true, dataCollection: 'kept' }, 'zero-retention', false],
  ])('a vendor of %j, where %s is asked for: %s', (vendor, data, allowed) => {
    expect(dataPolicy.refuse(model, circumstances([vendor], { data })) === null).toBe(allowed)
  })
})

describe('region', () => {
  test.each<readonly [Partial<Vendor>, boolean]>([
    [{}, false],
    [{ region: 'EU' }, true],
    [{ region: 'us' }, false],
    [{ local: true }, true],
    [{ local: true, region: 'us' }, false],
  ])('a vendor of %j, where eu or ch is asked for: %s', (vendor, allowed) => {
    expect(region.refuse(model, circumstances([vendor], { regions: ['eu', 'ch'] })) === null).toBe(allowed)
  })
})
