import { describe, expect, test } from 'vitest'
import { failure } from '../../domain/failure.ts'
import { interrupt, interruptionOf, openAttempt, openScope, Stopper } from './interruption.ts'

const late = failure('timed-out', 'too late')

describe.each([
  ['a stopper', () => new Stopper()],
  ["the platform's controller", () => new AbortController()],
])('%s', (_name, make) => {
  test('is not aborted at first', () => {
    const { signal } = make()
    expect(signal.aborted).toBe(false)
    expect(signal.reason).toBeUndefined()
    expect(() => signal.throwIfAborted()).not.toThrow()
  })

  test('keeps the first reason, and throws it', () => {
    const controller = make()
    interrupt(controller, late)
    controller.abort(new Error('again'))
    expect(controller.signal.aborted).toBe(true)
    expect(interruptionOf(controller.signal)).toBe(late)
    expect(() => controller.signal.throwIfAborted()).toThrow('too late')
  })

  test('has an AbortError for a reason where none is given', () => {
    const controller = make()
    controller.abort()
    expect(controller.signal.reason).toMatchObject({ name: 'AbortError' })
  })

  test('tells each listener once, whoever listens, and none that was taken off the list', () => {
    const controller = make()
    const { signal } = controller
    const told: string[] = []
    const gone = () => told.push('gone')
    const first = () => {
      told.push('first')
      signal.removeEventListener('abort', gone)
    }
    signal.addEventListener('abort', first, { once: true })
    signal.addEventListener('abort', first, { once: true })
    signal.addEventListener('abort', gone, { once: true })
    signal.addEventListener('abort', { handleEvent: ({ type }) => told.push(type) })
    signal.onabort = () => told.push('onabort')
    controller.abort()
    controller.abort()
    signal.addEventListener('abort', () => told.push('too late'))
    expect([...told].sort()).toEqual(['abort', 'first', 'onabort'])
  })
})

describe.each([
  ['an attempt', openAttempt],
  ['a scope', openScope],
])('%s', (_name, open) => {
  test("is stopped with its parent, for the parent's reason", () => {
    const parent = new AbortController()
    const { controller } = open(parent.signal)
    interrupt(parent, late)
    expect(interruptionOf(controller.signal)).toBe(late)
  })

  test('of a parent that is stopped already is stopped from the beginning', () => {
    const parent = new Stopper()
    interrupt(parent, late)
    expect(interruptionOf(open(parent).controller.signal)).toBe(late)
  })

  test('that has been released goes on', () => {
    const parent = new Stopper()
    const { controller, release } = open(parent)
    release()
    parent.abort()
    expect(controller.signal.aborted).toBe(false)
  })

  test('that is stopped does not stop its parent', () => {
    const parent = new Stopper()
    open(parent).controller.abort()
    expect(parent.aborted).toBe(false)
  })
})
