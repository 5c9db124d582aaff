import { describe, expect, it } from 'vitest'
import { createFlights, type Flights, type Lead, type WaitOutcome } from './flights.ts'

const bounds = { waitMs: 5_000, maxWaiters: 10 }
const stays = new AbortController().signal

function leads<T>(joined: ReturnType<Flights<T>['join']>): Lead<T> {
  if (joined?.kind !== 'lead') throw new Error(`${joined?.kind ?? 'nobody'} leads`)
  return joined
}

function waits<T>(joined: ReturnType<Flights<T>['join']>): Promise<WaitOutcome<T>> {
  if (joined?.kind !== 'wait') throw new Error(`${joined?.kind ?? 'nobody'} waits`)
  return joined.outcome
}

function aFlight(now = () => 0, most?: number) {
  const flights = createFlights<string>(now, most)
  const join = (key = 'k', changes: Partial<typeof bounds> = {}, client = stays) =>
    flights.join(key, { ...bounds, ...changes }, client)
  return { flights, join }
}

describe('equal questions at one time', () => {
  it('are answered by the first one’s answer', async () => {
    const { flights, join } = aFlight()
    const lead = leads(join())
    const waiters = [waits(join()), waits(join())]
    lead.land('Paris')
    expect(await Promise.all(waiters)).toEqual([
      { kind: 'landed', landed: 'Paris' },
      { kind: 'landed', landed: 'Paris' },
    ])
    expect(flights.size()).toBe(0)
    expect(join()?.kind).toBe('lead')
  })

  it('do not wait for other questions', () => {
    const { join } = aFlight()
    expect([join('a')?.kind, join('b')?.kind]).toEqual(['lead', 'lead'])
  })

  it('are led by who has waited for longest when the first fails, and the others wait on', async () => {
    const { join } = aFlight()
    const lead = leads(join())
    const [second, third] = [waits(join()), waits(join())]
    lead.fail()
    const outcome = await second
    if (outcome.kind !== 'take-over') throw new Error(outcome.kind)
    outcome.lead.land('Paris')
    expect(await third).toEqual({ kind: 'landed', landed: 'Paris' })
  })

  it('go on alone, all at once, where the answer is not for others', async () => {
    const { flights, join } = aFlight()
    const lead = leads(join())
    const waiters = [waits(join()), waits(join())]
    lead.scatter()
    expect(await Promise.all(waiters)).toEqual([{ kind: 'alone' }, { kind: 'alone' }])
    expect(flights.size()).toBe(0)
  })

  it('are left by a client that leaves, and nobody else notices', async () => {
    const { join } = aFlight()
    const lead = leads(join())
    const client = new AbortController()
    const [leaves, remains] = [waits(join('k', {}, client.signal)), waits(join())]
    client.abort()
    expect(await leaves).toEqual({ kind: 'alone' })
    lead.fail()
    expect((await remains).kind).toBe('take-over')
  })

  it('are not waited for by a client that has left already', async () => {
    const { join } = aFlight()
    leads(join())
    expect(await waits(join('k', {}, AbortSignal.abort()))).toEqual({ kind: 'alone' })
  })

  it('wait no longer than they may', async () => {
    const { join } = aFlight()
    leads(join())
    expect(await waits(join('k', { waitMs: 5 }))).toEqual({ kind: 'alone' })
  })

  it('that come when the first has hung for as long take the lead, and what hung does not end them', async () => {
    let time = 0
    const { join } = aFlight(() => time)
    const hung = leads(join())
    const waiter = waits(join())
    time = bounds.waitMs
    const next = leads(join())
    hung.land('late')
    hung.fail()
    next.land('Paris')
    expect(await waiter).toEqual({ kind: 'landed', landed: 'Paris' })
  })

  it('are as many as may wait, and beyond that go on alone', () => {
    const { join } = aFlight()
    leads(join())
    expect(join('k', { maxWaiters: 1 })?.kind).toBe('wait')
    expect(join('k', { maxWaiters: 1 })).toBeNull()
  })

  it('are led no more at one time than the bound', () => {
    const { flights, join } = aFlight(() => 0, 2)
    leads(join('a'))
    leads(join('b'))
    expect(join('c')).toBeNull()
    expect(flights.size()).toBe(2)
  })

  it('end once: what comes later changes nothing', async () => {
    const { flights, join } = aFlight()
    const lead = leads(join())
    lead.land('Paris')
    const next = leads(join())
    lead.fail()
    lead.scatter()
    lead.land('Lyon')
    const waiter = waits(join())
    next.land('Rome')
    expect(await waiter).toEqual({ kind: 'landed', landed: 'Rome' })
    expect(flights.size()).toBe(0)
  })
})
