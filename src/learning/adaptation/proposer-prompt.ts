/** What the proposer is asked, and what is taken of its answer. Requests and answers of others stand in sections, and none of them is obeyed. */

import { z } from 'zod'
import { leadingSystem } from '../../adaptation/rewrite.ts'
import { isUnadapted, promptPlace, readVariant, writeVariant } from '../../adaptation/variant.ts'
import { plainRequest, type Request, textOf } from '../../domain/request.ts'
import { conversationText } from '../../strategies/prompts/conversation.ts'
import { section, sectionsAreMaterial } from '../../strategies/prompts/section.ts'
import { jsonIn } from './metric.ts'
import type { Failing, Proposal, Proposed, Situation } from './world.ts'

/** Of one variant, all its texts together: they are sent with every request from then on. */
export const mostVariantChars = 4_000

const systemChars = 4_000
const requestChars = 1_500
const answerChars = 800
const mostWhyChars = 200

const instruction = [
  'You improve the prompt with which requests are put to a language model, so that it gets more of them right.',
  sectionsAreMaterial,
  'Propose different ways to change it: say what the answer must look like, name the mistakes to avoid, ask for steps, give a rule or a short example of your own. General advice that helps with new requests of the same kind is wanted; answers to the requests shown are not, and changes are measured on requests that you do not see.',
  "A change has a `system`, with `prepend` and `append` (text around the system prompt, which may be empty) or `replace` (in place of it), or a `template`: text around the user's last message, in which {{prompt}} stands once for that message; or both.",
  'Reply with JSON and nothing else: {"variants": [{"system": {"append": "…"}, "template": "… {{prompt}} …", "why": "…"}]}. Leave out what you do not change. Keep each change short.',
].join('\n')

/** `sample` is a request whose system prompt stands for all. */
export function proposerRequest(
  { wanted, best, bestScore, failures, tried }: Situation,
  sample: Request,
  maxOutputTokens: number,
): Request {
  const system = leadingSystem(sample.messages).map(textOf).join('\n\n')
  const question = [
    system === '' ? 'There is no system prompt so far.' : section('system prompt', system, systemChars),
    isUnadapted(best)
      ? `As it is, the share of right answers is ${bestScore.toFixed(2)}.`
      : `With the best change so far it is ${bestScore.toFixed(2)}: ${section('change', JSON.stringify(writeVariant(best)), mostVariantChars)}`,
    ...tried.map(({ variant, gain }) =>
      section(
        `tried with gain ${gain < 0 ? 'minus ' : ''}${Math.round(Math.abs(gain) * 100)}`,
        JSON.stringify(writeVariant(variant)),
        600,
      ),
    ),
    failures.length === 0 ? 'No answer was wrong so far.' : 'It got these wrong:',
    ...failures.flatMap(failingText),
    `Propose ${wanted} changes.`,
  ].join('\n\n')
  const plain = plainRequest(question)
  return {
    ...plain,
    messages: [
      { role: 'system', content: [{ kind: 'text', text: instruction }], name: null },
      ...plain.messages,
    ],
    sampling: { ...plain.sampling, maxOutputTokens },
  }
}

const failingText = ({ example, said }: Failing, index: number): readonly string[] => [
  section(`request ${index + 1}`, conversationText(example.request, requestChars), requestChars),
  section(`answer ${index + 1}`, said, answerChars),
  section(`right answer ${index + 1}`, example.answers.map(asText).join(' or '), answerChars),
]

const asText = (answer: unknown): string => (typeof answer === 'string' ? answer : JSON.stringify(answer))

const text = z.string().min(1)
const proposalSchema = z.object({
  system: z.object({ prepend: text.nullish(), append: text.nullish(), replace: text.nullish() }).nullish(),
  template: text.nullish(),
  why: z.string().optional(),
})
const answerSchema = z.object({ variants: z.array(z.unknown()).max(256) })

/** Lenient with what stands around the JSON, strict with what is in it: a change that can't be read is none. */
export function readProposals(said: string, usd: number): Proposed {
  const parsed = answerSchema.safeParse(jsonIn(said))
  if (!parsed.success)
    return {
      proposals: [],
      refused: 0,
      problem: `The proposer's answer is not the JSON that it was asked for: ${JSON.stringify(said.slice(0, 120))}.`,
      usd,
    }
  const { variants } = parsed.data
  const proposals = variants.flatMap((one) => proposalOf(one) ?? [])
  return {
    proposals,
    refused: variants.length - proposals.length,
    problem: proposals.length === 0 ? 'The proposer made no change that can be used.' : null,
    usd,
  }
}

function proposalOf(value: unknown): Proposal | null {
  const parsed = proposalSchema.safeParse(value)
  if (!parsed.success) return null
  const { system, template, why = '' } = parsed.data
  const reading = readVariant({
    system: {
      prepend: system?.prepend ?? undefined,
      append: system?.append ?? undefined,
      replace: system?.replace ?? undefined,
    },
    template: template ?? undefined,
  })
  if (reading.kind === 'faulty' || isUnadapted(reading.variant)) return null
  const { variant } = reading
  const chars = JSON.stringify(writeVariant(variant)).length - promptPlace.length
  return chars > mostVariantChars ? null : { variant, why: why.slice(0, mostWhyChars) }
}
