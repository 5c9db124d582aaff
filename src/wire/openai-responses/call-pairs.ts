/** Calls and their results belong together by `call_id`; vendors refuse a conversation where they don't, each in its own words. */
import { type Faults, shown, within, wrongValue } from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'

export type CallPairs = {
  readonly faults: Faults
  readonly calls: Set<string>
  readonly results: Set<string>
  /** Calls may stand in what the vendor has stored. */
  readonly callsElsewhere: boolean
}

export function callPairs(body: JsonObject, input: readonly unknown[], faults: Faults): CallPairs {
  const stored = (body.previous_response_id ?? null) !== null || (body.conversation ?? null) !== null
  const referred = () =>
    input.some((item) => isObject(item) && (item.type ?? 'item_reference') === 'item_reference' && !item.role)
  return { faults, calls: new Set(), results: new Set(), callsElsewhere: stored || referred() }
}

/** '' is the id of a call that has none, and a fault already. */
export function noteCall({ calls, faults }: CallPairs, id: string, path: string): void {
  if (id === '') return
  if (calls.has(id)) {
    const remedy = 'Give each call an id of its own, and leave out items that are there twice.'
    wrongValue(faults, within(path, 'call_id'), `another call has the id ${shown(id)} already. ${remedy}`)
  }
  calls.add(id)
}

export function noteResult(
  { calls, results, callsElsewhere, faults }: CallPairs,
  id: string,
  path: string,
): void {
  if (id === '') return
  const param = within(path, 'call_id')
  if (!calls.has(id) && !callsElsewhere) {
    const remedy =
      'Put the function_call item that the model answered with before it, or name the answer in previous_response_id.'
    wrongValue(faults, param, `no call before it has the id ${shown(id)}. ${remedy}`)
  } else if (results.has(id)) {
    wrongValue(faults, param, `the call ${shown(id)} has a result already. Leave one of them out.`)
  }
  results.add(id)
}
