import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Behaviour, OnContinuation } from './behaviour.ts'
import type { Asked, Said, SaidEvent, SpokenFormat } from './said.ts'

/** One request, and all that the reply to it depends on. */
export type Scene = {
  readonly format: SpokenFormat
  readonly asked: Asked
  readonly said: Said
  readonly response: ServerResponse
}

/** Carries a behaviour out. What it leaves open stays open until the other side, or the server, closes it. */
export function behave(behaviour: Behaviour, scene: Scene): void {
  const { format, asked, said, response } = scene
  switch (behaviour.kind) {
    case 'answer':
      setTimeout(answer, behaviour.delayMs ?? 0, behaviour, scene)
      return
    case 'status':
      sendStatus(behaviour, response)
      return
    case 'reset-before-headers':
      response.socket?.resetAndDestroy()
      return
    case 'reset-after-headers':
      begin(scene)
      response.write(asked.stream ? ': hello\n\n' : '{"id":', () => response.socket?.resetAndDestroy())
      return
    case 'never-answer':
      return
    case 'slow-first-content':
      begin(scene)
      response.write(textOf(eventsOf(scene, 'start')))
      setTimeout(() => response.end(textOf(format.events(asked, said).slice(1))), behaviour.delayMs)
      return
    case 'cut':
      writeWords(scene, behaviour.afterWords)
      later(() => (behaviour.how === 'close' ? response.end() : response.socket?.resetAndDestroy()))
      return
    case 'cut-events': {
      const { after, pauseAfter = 0 } = behaviour
      const events = format.events(asked, said).slice(0, after)
      begin(scene)
      response.write(textOf(events.slice(0, pauseAfter)))
      if (pauseAfter === 0) response.end(textOf(events))
      else later(() => response.end(textOf(events.slice(pauseAfter))))
      return
    }
    case 'cut-bytes':
      begin(scene)
      response.end(Buffer.from(textOf(format.events(asked, said))).subarray(0, behaviour.after))
      return
    case 'stall':
      writeWords(scene, behaviour.afterWords)
      return
    case 'trickle':
      void trickle(scene, behaviour.everyMs)
      return
    case 'malformed-event':
      writeWords(scene, behaviour.afterWords)
      later(() => {
        response.write(format.brokenEvent)
        if (behaviour.rest) response.end(textOf(after(format.events(asked, said), behaviour.afterWords + 1)))
      })
      return
    case 'noise':
      begin(scene)
      response.end(
        format
          .events(asked, said)
          .map(({ text }) => `: still here\n\ndata: ping\n\n${text}`)
          .join(''),
      )
      return
    case 'error-event':
      writeWords(scene, behaviour.afterWords)
      later(() => response.write(behaviour.event ?? format.errorEvent(overload(behaviour.message))))
      return
    case 'huge-event':
      writeWords(scene, behaviour.afterWords)
      later(() => response.end(`data: ${'x'.repeat(behaviour.bytes)}\n\n`))
      return
    case 'no-end-marker':
      begin(scene)
      response.write(textOf(format.events(asked, said).filter(({ says }) => says !== 'end')))
      if (!behaviour.hold) response.end()
      return
    case 'no-finish':
      begin(scene)
      response.end(textOf(format.events(asked, said).filter(({ says }) => says !== 'finish')))
      return
    case 'double-finish':
      begin(scene)
      response.end(textOf(format.events(asked, said).flatMap(twiceFinished)))
      return
    case 'empty-stream':
      begin(scene)
      response.end(textOf(eventsOf(scene, 'end')))
      return
    case 'usage-only':
      begin(scene)
      response.end(textOf([...eventsOf(scene, 'usage'), ...eventsOf(scene, 'end')]))
      return
    case 'raw':
      response.writeHead(200, behaviour.contentType === null ? {} : { 'content-type': behaviour.contentType })
      response.end(behaviour.body)
      return
    case 'gzip':
      response.setHeader('content-encoding', 'gzip')
      begin(scene)
      response.end(gzipSync(wholeOf(scene)))
  }
}

const overload = (message = 'The server is overloaded') => ({ message, code: 503 })

/** After the client has read what was sent: a reset would take away what it has not. */
const later = (act: () => unknown): unknown => setTimeout(act, 100)

function answer(behaviour: Extract<Behaviour, { kind: 'answer' }>, scene: Scene): void {
  const { text, usage = scene.said.usage, asked = 'repeat' } = behaviour
  const said = { ...scene.said, usage, ...(text !== undefined && { words: [text] }) }
  const words = wordsFor(asked, scene.asked, said.words)
  if (words === null) {
    sendStatus(prefillRefused, scene.response)
  } else {
    begin(scene)
    scene.response.end(wholeOf({ ...scene, said: { ...said, words } }))
  }
}

/** `null`: refused. */
function wordsFor(
  on: OnContinuation,
  { continues }: Asked,
  words: readonly string[],
): readonly string[] | null {
  if (continues === null || on === 'repeat') return words
  if (on === 'other') return ['Something ', 'else ', 'altogether.']
  if (continues.kind === 'prefill') return on === 'refuse-prefill' ? null : wordsAfter(continues.text, words)
  // The last two words again, and then the rest.
  const repeated = /\S+\s+\S+$/.exec(continues.text)?.index ?? 0
  return [
    continues.text.slice(Math.max(0, Math.min(repeated, continues.text.length - 60))),
    ...wordsAfter(continues.text, words),
  ]
}

function wordsAfter(given: string, words: readonly string[]): readonly string[] {
  let skip = given.length
  return words.flatMap((word) => {
    const rest = word.slice(Math.min(skip, word.length))
    skip -= word.length - rest.length
    return rest === '' ? [] : [rest]
  })
}

/** As Anthropic says it of its newer models. */
const prefillRefused = {
  status: 400,
  body: {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message:
        'This model does not support assistant message prefill. The conversation must end with a user message.',
    },
  },
}

type Status = Pick<Extract<Behaviour, { kind: 'status' }>, 'status' | 'body' | 'headers'>

function sendStatus({ status, body, headers }: Status, response: ServerResponse): void {
  const plain = typeof body === 'string'
  response.writeHead(status, { 'content-type': plain ? 'text/html' : 'application/json', ...headers })
  response.end(plain ? body : JSON.stringify(body))
}

const begin = ({ response, asked }: Scene): unknown =>
  response.writeHead(200, {
    'content-type': asked.stream ? 'text/event-stream; charset=utf-8' : 'application/json',
  })

function writeWords(scene: Scene, count: number): void {
  begin(scene)
  scene.response.flushHeaders()
  scene.response.write(textOf(before(scene.format.events(scene.asked, scene.said), count)))
}

async function trickle(scene: Scene, everyMs: number): Promise<void> {
  begin(scene)
  for (const { says, text } of scene.format.events(scene.asked, scene.said)) {
    if (says === 'word') await new Promise((resolve) => setTimeout(resolve, everyMs))
    if (scene.response.destroyed) return
    scene.response.write(text)
  }
  scene.response.end()
}

const wholeOf = ({ format, asked, said }: Scene): string =>
  asked.stream ? textOf(format.events(asked, said)) : format.whole(asked, said)

const textOf = (events: readonly SaidEvent[]): string => events.map(({ text }) => text).join('')

const eventsOf = ({ format, asked, said }: Scene, says: SaidEvent['says']): readonly SaidEvent[] =>
  format.events(asked, said).filter((event) => event.says === says)

const twiceFinished = (event: SaidEvent): readonly SaidEvent[] =>
  event.says === 'finish' ? [event, event] : [event]

/** The events up to the word of that number, those before the first word included. */
const before = (events: readonly SaidEvent[], words: number): readonly SaidEvent[] =>
  events.slice(0, placeOfWord(events, words))

const after = (events: readonly SaidEvent[], words: number): readonly SaidEvent[] =>
  events.slice(placeOfWord(events, words))

function placeOfWord(events: readonly SaidEvent[], words: number): number {
  const first = events.findIndex(({ says }) => says === 'word')
  return Math.min(
    first + words,
    events.findIndex(({ says }) => says === 'finish'),
  )
}
