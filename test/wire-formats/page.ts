import type { Answer } from '../../src/domain/answer.ts'
import type { AssistantPart, Request } from '../../src/domain/request.ts'
import { type WireFormatName, wireFormatNames } from '../../src/domain/vendor.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { anAnswer } from '../support/builders.ts'
import { type Feature, features, plainest } from './features.ts'

const introduction = `# Wire formats

A client of any of three APIs, unchanged but for its base URL, reaches models of any vendor:

| client's API | base URL | endpoints |
|---|---|---|
| OpenAI Chat Completions (\`openai-chat\`) | \`http://127.0.0.1:4000/v1\` | \`POST /v1/chat/completions\`, and the older \`POST /v1/completions\` |
| Anthropic Messages (\`anthropic-messages\`) | \`http://127.0.0.1:4000\` | \`POST /v1/messages\`, \`POST /v1/messages/count_tokens\` |
| OpenAI Responses (\`openai-responses\`) | \`http://127.0.0.1:4000/v1\` | \`POST /v1/responses\`, \`GET\` and \`DELETE /v1/responses/{id}\`, \`GET /v1/responses/{id}/input_items\` |

Where the vendor speaks the client's own format, the client's bytes are sent on: only the model's name, Fairlead's own fields and the wish for usage are edited, and the reply comes back as the vendor wrote it. Between two formats requests, answers and streams are translated, as the tables below say. They are made by

\`\`\`sh
npx tsx test/wire-formats/write-table.ts
\`\`\`

and \`npm test\` compares them with what the code does.

- **kept**: the vendor is asked the same, in its own words.
- **noted**: it has no place for it, and it is left out; the decision's attempt says so (\`lost\`).
- **refused**: without it another question would be asked. The policy's models of that format are not asked; where no other may serve, the client gets an error that says why. With \`conversions: note\` in the policy it is left out and noted; a model that is asked for by its own name is asked so.

Reasoning that a vendor has signed or encrypted goes back only to the account that made it. Before anybody else gets the conversation it is taken out: the conversation stays with that account while it is healthy, and goes on elsewhere when it is not.

Stored responses are kept by Fairlead, whichever vendor answered, for 30 days (\`responses: { keep, days }\` in the configuration) unless the request says \`"store": false\`. \`previous_response_id\` puts what was said before in front of the input; the instructions of former turns are not carried over. \`background: true\` and streams that are read again are not offered.

\`count_tokens\` is Fairlead's estimate: which model's vocabulary counts is decided only when the question is asked.

Translating costs little: over a vendor of Chat Completions the gateway spends 1.05 times the processor on a Messages client's request and 1.02 times on a Responses client's, and 1.3 times on an event of a stream (3.6 µs in its own format, 4.8 between two), the median of three rounds of \`npm run bench:wire-formats\` on a machine with two cores.

A request that can't be read is refused in the client's own format, with the field at fault and what to write instead: results of tools without their calls, ids given twice, unknown kinds of parts, half a surrogate pair.
`

/** As tests and `write-table.ts` make it. */
export function wireFormatsPage(): string {
  const sections = wireFormatNames.map(requestTable)
  return `${[introduction, ...sections, answerTable()].join('\n').trimEnd()}\n`
}

function requestTable(from: WireFormatName): string {
  const others = wireFormatNames.filter((name) => name !== from)
  const rows = features[from].map(
    (feature) => `| ${feature.name} | ${others.map((to) => fate(from, feature, to)).join(' | ')} |`,
  )
  return `## Requests of ${from}\n\n| | to ${others.join(' | to ')} |\n|---|---|---|\n${rows.join('\n')}\n`
}

function fate(from: WireFormatName, feature: Feature, to: WireFormatName): string {
  const { losses } = wireFormat(to)
  const always = new Set(losses(decoded(from, {})).map(({ what }) => what))
  const lost = losses(decoded(from, feature.body)).filter(({ what }) => !always.has(what))
  if (lost.length === 0) return 'kept'
  const refused = lost.filter(({ changesMeaning }) => changesMeaning)
  return refused.length > 0 ? `refused: ${named(refused)}` : `noted: ${named(lost)}`
}

const named = (lost: readonly { readonly what: string }[]): string => lost.map(({ what }) => what).join(', ')

function decoded(from: WireFormatName, fields: object): Request {
  const read = wireFormat(from).decodeRequest({ ...plainest[from], ...fields })
  if (read.kind === 'failed') throw new Error(`${from}: ${read.failure.message}`)
  return read.value.request
}

const answered = (parts: readonly AssistantPart[], changes: Partial<Answer> = {}): Answer => ({
  ...anAnswer(),
  parts,
  ...changes,
})

const text: AssistantPart = { kind: 'text', text: 'Yes.' }
const usage = {
  inputTokens: 100,
  cachedReadTokens: 40,
  cacheWriteTokens: 20,
  outputTokens: 30,
  reasoningTokens: 10,
  source: 'reported' as const,
}

const answers: readonly (readonly [string, Answer, (answer: Answer) => unknown])[] = [
  ['text', answered([text]), textOf],
  [
    'reasoning',
    answered([{ kind: 'reasoning', text: 'Hm.' }, text]),
    ({ parts }) => kindsOf(parts, 'reasoning'),
  ],
  ['a refusal', answered([{ kind: 'refusal', text: 'No.' }]), ({ parts }) => parts.map(({ kind }) => kind)],
  [
    'calls of tools',
    answered([{ kind: 'tool-call', id: 'c1', name: 'look', argumentsText: '{"city":"Oslo"}' }], {
      finish: { kind: 'tool-calls', raw: 'tool_calls' },
    }),
    ({ parts, finish }) => [kindsOf(parts, 'tool-call'), finish.kind],
  ],
  [
    'log probabilities',
    answered([text], { logprobs: [{ token: 'Yes.', logprob: -0.1, top: [] }] }),
    ({ logprobs }) => logprobs.length,
  ],
  ['usage: tokens read from a cache', answered([text], { usage }), (answer) => answer.usage.cachedReadTokens],
  [
    'usage: tokens written to a cache',
    answered([text], { usage }),
    (answer) => answer.usage.cacheWriteTokens,
  ],
  ['usage: reasoning tokens', answered([text], { usage }), (answer) => answer.usage.reasoningTokens],
  ['finish: cut by the limit', answered([text], { finish: { kind: 'length', raw: 'length' } }), finishOf],
  [
    'finish: cut by a content filter',
    answered([text], { finish: { kind: 'content-filter', raw: 'refusal' } }),
    finishOf,
  ],
]

function textOf({ parts }: Answer): unknown {
  return kindsOf(parts, 'text')
}

function finishOf({ finish }: Answer): unknown {
  return finish.kind
}

const kindsOf = (parts: readonly AssistantPart[], kind: AssistantPart['kind']): unknown =>
  parts.filter((part) => part.kind === kind).length

function answerTable(): string {
  const rows = answers.map(([name, answer, told]) => {
    const cells = wireFormatNames.map((format) =>
      JSON.stringify(told(throughFormat(format, answer))) === JSON.stringify(told(answer))
        ? 'kept'
        : 'left out',
    )
    return `| ${name} | ${cells.join(' | ')} |`
  })
  return `## Answers, translated for a client of\n\n| | ${wireFormatNames.join(' | ')} |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function throughFormat(name: WireFormatName, answer: Answer): Answer {
  const { encodeAnswer, decodeAnswer } = wireFormat(name)
  const body = encodeAnswer(answer, { id: 'one', created: 1, model: 'small' })
  const read = decodeAnswer(JSON.parse(JSON.stringify(body)))
  if (read.kind === 'failed') throw new Error(read.failure.message)
  return read.value
}
