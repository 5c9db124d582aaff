// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { describe, expect, it } from 'vitest'
import { type AlarmLimits, defaultAlarmLimits } from '../telemetry/alarms/index.ts'
import { eventKinds } from '../telemetry/events.ts'
import type { OtlpSettings } from '../telemetry/otlp/index.ts'
import { defaultWebhookEvents, type WebhookSettings } from '../telemetry/webhooks/index.ts'
import { readEnvironment } from './environment.ts'
import { pathText } from './faults.ts'
import { resolveTelemetry } from './resolve-telemetry.ts'
import { telemetrySchema, toldEvents } from './telemetry-fields.ts'

function resolved(written: object | undefined, variables: Record<string, string> = {}) {
  const faults: string[] = []
  const notes: string[] = []
  const settings = resolveTelemetry(written && telemetrySchema.parse(written), {
    environment: readEnvironment(variables),
    report: (path, message) => faults.push(`${pathText(path)}: ${message}`),
    note: (text) => notes.push(text),
  })
  return { settings, faults, notes }
}

const refusal = (written: object): string => {
  const result = telemetrySchema.safeParse(written)
  return result.success
    ? ''
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}

describe('telemetry in a configuration', () => {
  it('is metrics for administrators and alarms, where nothing is said', () => {
    const { settings, faults, notes } = resolved(undefined)
    expect(settings).toEqual({
      metrics: { open: false },
      otlp: null,
      webhooks: [],
      alarms: defaultAlarmLimits,
    })
    expect([faults, notes]).toEqual([[], []])
    const limits: AlarmLimits = settings.alarms
    expect(limits.priceAgeDays).toBe(90)
  })

  it('names the events that telemetry has, and tells webhooks by default what it says', () => {
    expect([...toldEvents].sort()).toEqual([...eventKinds].sort())
    expect(resolved({ webhooks: [{ url: 'http://127.0.0.1/x' }] }).settings.webhooks[0]?.events).toEqual(
      defaultWebhookEvents,
    )
  })
})

describe('OTLP', () => {
  it('adds the paths of the signals to an endpoint, and takes secrets from the environment', () => {
    const { settings, faults, notes } = resolved(
      {
        otlp: {
          endpoint: 'https://otlp.example/base/',
          headers: { Authorization: 'Bearer ${OTLP_KEY}' },
          sample: '10%',
        },
      },
      { OTLP_KEY: 'otlp-key-1' },
    )
    const otlp: OtlpSettings | null = settings.otlp
    expect(otlp).toMatchObject({
      tracesUrl: 'https://otlp.example/base/v1/traces',
      metricsUrl: 'https://otlp.example/base/v1/metrics',
      sample: 0.1,
      content: false,
      serviceName: 'fairlead',
      compression: 'gzip',
      timeoutMs: 10_000,
    })
    expect(otlp?.headers.authorization?.reveal()).toBe('Bearer otlp-key-1')
    expect(JSON.stringify(settings)).not.toContain('otlp-key-1')
    expect(faults).toEqual([])
    expect(notes[0]).toBe('telemetry goes to otlp.example by OTLP')
  })

  it('follows the standard variables, whether or not the file speaks of it; the file goes first', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:9000/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, x-other=c',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_SERVICE_NAME: 'router',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,team=search',
    }
    const { settings } = resolved(undefined, variables)
    expect(settings.otlp).toMatchObject({
      tracesUrl: 'http://collector:4318/v1/traces',
      metricsUrl: 'http://metrics:9000/in',
      serviceName: 'router',
      resource: { 'deployment.environment.name': 'production', team: 'search' },
      timeoutMs: 2500,
      compression: 'none',
    })
    expect(settings.otlp?.headers['x-key']?.reveal()).toBe('a b')
    const file = { otlp: { endpoint: 'http://mine:4318', serviceName: 'mine', metrics: false } }
    expect(resolved(file, variables).settings.otlp).toMatchObject({
      tracesUrl: 'http://mine:4318/v1/traces',
      metricsUrl: null,
      serviceName: 'mine',
    })
  })

  it('is off where the environment turns it off, and says so', () => {
    const { settings, notes } = resolved(
      { otlp: { endpoint: 'http://127.0.0.1:4318' } },
      { OTEL_SDK_DISABLED: 'true' },
    )
    expect(settings.otlp).toBeNull()
    expect(notes).toEqual(['nothing goes to OpenTelemetry: OTEL_SDK_DISABLED is true'])
  })

  it.each([
    [{}, {}, 'telemetry.otlp: has no endpoint. Write one such as http://127.0.0.1:4318'],
    [{ endpoint: 'collector' }, {}, 'telemetry.otlp.endpoint: is not a URL'],
    [{ endpoint: 'http://me:pw-1@collector' }, {}, 'holds a user name or a password. Send them in a header'],
    [
      { endpoint: 'http://collector', headers: { 'x-key': 'env:NOBODY' } },
      {},
      'telemetry.otlp.headers.x-key: the environment variable NOBODY is not set',
    ],
  ])('refuses %j', (otlp, variables, expected) => {
    const { faults } = resolved({ otlp }, variables)
    expect(faults.join('\n')).toContain(expected)
    expect(faults.join('\n')).not.toContain('pw-1')
  })

  it('refuses what can not be, with what to write instead', () => {
    expect(refusal({ otlp: { sample: 25 } })).toContain('25 is above 1. Write 0.25')
    expect(refusal({ otlp: { protocol: 'grpc' } })).toContain('protocol')
    expect(refusal({ otlp: { maxQueued: 0 } })).toContain('maxQueued')
  })
})

describe('webhooks', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

  it('keep their address and their secret to themselves', () => {
    const { settings, faults } = resolved(
      { webhooks: [{ url: 'env:HOOK', secret: '${SIGN}', events: ['alarm'], form: 'slack' }] },
      { HOOK: 'https://hooks.example/T0/path-secret', SIGN: secret },
    )
    const webhooks: readonly WebhookSettings[] = settings.webhooks
    expect(webhooks[0]?.url.reveal()).toBe('https://hooks.example/T0/path-secret')
    expect(webhooks[0]?.secret?.reveal()).toBe(secret)
    expect(webhooks[0]).toMatchObject({ events: ['alarm'], form: 'slack', attempts: 5, timeoutMs: 5000 })
    expect(JSON.stringify(settings)).not.toMatch(/path-secret|whsec/)
    expect(faults).toEqual([])
  })

  it.each(['whsec_', 'whsec_c2hvcnQ=', 'plain-secret-of-some-length', `${secret}!`])(
    'refuse the secret %s',
    (bad) => {
      const { faults } = resolved({ webhooks: [{ url: 'http://127.0.0.1/x', secret: bad }] })
      expect(faults).toEqual([
        expect.stringContaining('telemetry.webhooks[0].secret: is no secret of Standard Webhooks'),
      ])
      expect(faults[0]).not.toContain('plain-secret')
    },
  )

  it('refuse events that there are not', () => {
    expect(refusal({ webhooks: [{ url: 'http://x', events: ['alarms'] }] })).toContain('webhooks.0.events.0')
    expect(refusal({ webhooks: [{ url: 'http://x', events: [] }] })).toContain('events')
  })
})

describe('alarms', () => {
  it('take limits one by one', () => {
    const { alarms } = resolved({ alarms: { errorRate: { raiseAbove: '20%' }, priceAgeDays: 30 } }).settings
    expect(alarms.errorRate).toEqual({ window: 100, raiseAbove: 0.2, clearBelow: 0.05 })
    expect(alarms.priceAgeDays).toBe(30)
    expect(alarms.costShift).toEqual(defaultAlarmLimits.costShift)
  })

  it('refuse to be cleared above where they are raised', () => {
    expect(refusal({ alarms: { errorRate: { raiseAbove: 0.1, clearBelow: 0.5 } } })).toContain(
      'alarms.errorRate.clearBelow: clearBelow is above raiseAbove. Write a lower share',
    )
  })
})
