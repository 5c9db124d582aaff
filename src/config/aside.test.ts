import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'

const policies = {
  auto: { strategy: 'fixed', model: 'acme/small' },
  bold: { strategy: 'fixed', model: 'acme/large' },
}
const resolved = async (sections: object) =>
  (await resolvedIn(aFolder(), { ...acmeConfig('http://127.0.0.1:1', { policies }), ...sections }, acmeKey))
    .aside

describe('work beside the served path', () => {
  test('is none unless it is asked for', async () => {
    expect(await resolved({})).toEqual({ judge: null, shadows: [], implicit: null })
  })

  test('is read with what holds where nothing is said', async () => {
    const sections = {
      judge: { by: 'acme/large', usd: 5 },
      shadows: {
        trial: {
          policy: 'auto',
          by: 'bold',
          share: '20%',
          answers: true,
          usd: 1,
          per: 'hour',
          compare: 'exact',
        },
      },
      implicit: { retries: true },
    }
    expect(await resolved(sections)).toEqual({
      judge: {
        by: 'acme/large',
        share: 0.02,
        budget: { usd: 5, per: 'day' },
        policies: null,
        rubric: null,
        scale: 'ten',
      },
      shadows: [
        {
          name: 'trial',
          policy: 'auto',
          by: 'bold',
          share: 0.2,
          budget: { usd: 1, per: 'hour' },
          compare: 'exact',
        },
      ],
      implicit: { retries: true, tools: false, withinMs: 600_000 },
    })
  })

  test.each<[object, RegExp]>([
    [{ judge: { by: 'bald', usd: 1 } }, /bald.*is neither a policy nor a model/],
    [{ judge: { by: 'bold' } }, /usd/],
    [{ judge: { by: 'bold', usd: 1, policies: ['otto'] } }, /otto.*is no policy/],
    [{ shadows: { t: { policy: 'auto', by: 'auto' } } }, /would shadow/],
    [{ shadows: { t: { policy: 'auto', by: 'bold', answers: true } } }, /how many dollars/],
    [{ shadows: { t: { policy: 'auto', by: 'bold', usd: 1 } } }, /nothing is spent on/],
    [{ shadows: { t: { policy: 'auto', by: 'bold', compare: 'exact' } } }, /needs two answers/],
    [
      { shadows: { t: { policy: 'auto', by: 'bold', answers: true, usd: 1, compare: 'judge' } } },
      /there is none/,
    ],
    [{ implicit: {} }, /looks at nothing/],
    [{ experiments: { 'judge by coin': { policy: 'auto', arms: { bold: 0.5 } } } }, /another name/],
  ])('is refused with a remedy where it makes no sense: %j', async (sections, words) => {
    await expect(resolved(sections)).rejects.toThrow(words)
  })
})
