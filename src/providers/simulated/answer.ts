import { type Answer, type Finish, noUsage, type TokenLogprob } from '../../domain/answer.ts'
import type { Model } from '../../domain/model.ts'
import { type Draw, hash32, normal, seededDraw } from '../../domain/random.ts'
import {
  type AssistantPart,
  lastUserText,
  type Request,
  textOf,
  type ToolCall,
} from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { directionOf } from './instructed/direction.ts'
import { type Instruction, instructionOf, type Material } from './instructed/instruction.ts'
import { shiftBy } from './instructed/material.ts'
import { judgement, rating, review } from './instructed/opinions.ts'
import { apparentConfidence, logprobsOf } from './logprobs.ts'
import { type JsonPieces, jsonText } from './json-answer.ts'
import { chanceOfSuccess } from './skill.ts'
import { type RecognisedTask, recogniseTask } from './tasks/index.ts'
import { inputTokensOf, tokensOf } from './tokens.ts'
import { argumentsFor, toolFor } from './tool-use.ts'
import { explainedAnswer, explanation, notice, reasoning } from './wording.ts'

export type Latency = { readonly firstTokenMs: number; readonly totalMs: number; readonly perTokenMs: number }
export type Simulated = { readonly answer: Answer; readonly latency: Latency }

/** What a model is about to say, before limits cut it. `answerAt`: where in the text the answer stands. */
type Speech = {
  readonly reasoning: string
  readonly text: string
  readonly answerAt: number
  readonly confidence: number
  /** Of its only token, where they are not to follow from the confidence. */
  readonly logprob?: TokenLogprob
}

/**
 * What a simulated model answers, and how long it takes over it. Pure: the same seed, model and request always give
 * the same. `sampling.seed` makes another try of it, as it does at a real vendor.
 */
export function simulateAnswer(model: Model, request: Request, seed: string): Simulated {
  const prompt = lastUserText(request)
  const draw = seededDraw(`${seed} ${model.id} ${request.sampling.seed ?? ''} ${prompt}`)
  const instruction = instructionOf(request)
  const answersTool = request.messages.at(-1)?.role === 'tool'
  const tool = answersTool || instruction !== null ? null : toolFor(request, prompt)
  const answer =
    instruction?.kind === 'direct'
      ? directingAnswer(model, request, draw, instruction.prompt, seed)
      : tool
        ? toolAnswer(model, request, callOf(seed, prompt, tool.name, argumentsFor(tool, prompt)))
        : spokenAnswer(model, request, draw, speechFor(model, request, draw, prompt, instruction))
  return { answer, latency: latencyOf(model, answer.usage.outputTokens, draw) }
}

const callOf = (seed: string, told: string, name: string, argumentsText: string): ToolCall => ({
  kind: 'tool-call',
  id: `call_${hash32(`${seed} ${told}`).toString(16).padStart(8, '0')}`,
  name,
  argumentsText,
})

function directingAnswer(model: Model, request: Request, draw: Draw, prompt: string, seed: string): Answer {
  const direction = directionOf(model, draw, request, prompt)
  return direction.kind === 'call'
    ? toolAnswer(
        model,
        request,
        // Each round its own id.
        callOf(seed, `${request.messages.length} ${prompt}`, direction.name, direction.argumentsText),
      )
    : spokenAnswer(model, request, draw, bareSpeech(direction.text))
}

function speechFor(
  model: Model,
  request: Request,
  draw: Draw,
  prompt: string,
  instruction: Exclude<Instruction, { kind: 'direct' }> | null,
): Speech {
  switch (instruction?.kind) {
    case 'judge':
      return bareSpeech(judgement(model, draw, instruction.prompt, instruction.answers))
    case 'rate': {
      const { text, logprob } = rating(model, draw, instruction.prompt)
      return { ...bareSpeech(text), logprob }
    }
    case 'review':
      return bareSpeech(review(model, draw, prompt, instruction.material.answers))
    case 'contribute':
    case undefined:
      return answeringSpeech(model, request, draw, prompt, instruction?.material ?? null)
    default:
      return unreachable(instruction)
  }
}

const bareSpeech = (text: string): Speech => ({ reasoning: '', text, answerAt: 0, confidence: 0.9 })

function answeringSpeech(
  model: Model,
  request: Request,
  draw: Draw,
  prompt: string,
  material: Material | null,
): Speech {
  const last = request.messages.at(-1)
  if (last?.role === 'tool') return plainSpeech(request, prompt, `The tool returned: ${textOf(last)}`)
  const task = recogniseTask(prompt)
  return task
    ? taskSpeech(model, request, draw, prompt, task, material)
    : plainSpeech(request, prompt, notice)
}

function plainSpeech(request: Request, prompt: string, said: string): Speech {
  const text = inFormat(request, prompt, { kind: 'remark', said }) ?? said
  return { reasoning: '', text, answerAt: 0, confidence: 0.9 }
}

function taskSpeech(
  model: Model,
  request: Request,
  draw: Draw,
  prompt: string,
  task: RecognisedTask,
  material: Material | null,
): Speech {
  const { family, level } = task
  const shift = material ? shiftBy(material, prompt) : 0
  const chance = chanceOfSuccess(model, { kind: family.kind, level, prompt }, shift)
  const right = draw() < chance
  const solution = task.solve()
  const answer = right ? solution : family.mistake(draw, { prompt, answer: solution })
  const confidence = apparentConfidence(draw, chance, right)
  const thinks = model.capabilities.has('reasoning')
  const thought = thinks ? reasoning(draw, family, reasoningTokens(level, draw)) : ''
  const said = explanation(draw, family, level, material?.stepByStep)
  if (family.kind === 'json-extraction') return { reasoning: thought, text: answer, answerAt: 0, confidence }
  const formatted = inFormat(request, prompt, { kind: 'answer', said, answer })
  if (formatted !== null) {
    return {
      reasoning: thought,
      text: formatted,
      answerAt: Math.max(0, formatted.lastIndexOf(answer)),
      confidence,
    }
  }
  return { reasoning: thought, ...explainedAnswer(draw, said, answer), confidence }
}

const reasoningTokens = (level: number, draw: Draw): number => (60 + 90 * level) * (0.8 + 0.4 * draw())

/** As JSON where the request wants JSON; else `null`. */
function inFormat({ responseFormat }: Request, prompt: string, pieces: JsonPieces): string | null {
  if (responseFormat.kind === 'text') return null
  return jsonText(responseFormat.kind === 'json-schema' ? responseFormat.schema : null, prompt, pieces)
}

function spokenAnswer(model: Model, request: Request, draw: Draw, speech: Speech): Answer {
  const { sampling, topLogprobs } = request
  const limit = Math.min(sampling.maxOutputTokens ?? model.maxOutputTokens, model.maxOutputTokens)
  const thought = tokensOf(speech.reasoning).slice(0, limit)
  const stopAt = firstStop(speech.text, sampling.stop)
  const tokens = tokensOf(speech.text.slice(0, stopAt))
  const kept = tokens.slice(0, limit - thought.length)
  const cut = kept.length < tokens.length || thought.length < tokensOf(speech.reasoning).length
  const parts: AssistantPart[] = []
  if (thought.length > 0) parts.push({ kind: 'reasoning', text: thought.join('') })
  parts.push({ kind: 'text', text: kept.join('') })
  const answerFrom = tokensOf(speech.text.slice(0, speech.answerAt)).length
  return {
    model: model.id,
    parts,
    finish: cut ? { kind: 'length', raw: 'length' } : stopped,
    usage: {
      ...noUsage,
      inputTokens: inputTokensOf(request),
      outputTokens: thought.length + kept.length,
      reasoningTokens: thought.length,
      source: 'reported',
    },
    logprobs:
      topLogprobs === null
        ? []
        : speech.logprob
          ? [{ ...speech.logprob, top: speech.logprob.top.slice(0, topLogprobs) }]
          : logprobsOf(draw, kept, { answerFrom, confidence: speech.confidence, alternatives: topLogprobs }),
  }
}

const stopped: Finish = { kind: 'stop', raw: 'stop' }

function firstStop(text: string, stops: readonly string[]): number {
  const places = stops.filter((stop) => stop !== '').map((stop) => text.indexOf(stop))
  return Math.min(text.length, ...places.filter((place) => place >= 0))
}

function toolAnswer(model: Model, request: Request, call: ToolCall): Answer {
  return {
    model: model.id,
    parts: [call],
    finish: { kind: 'tool-calls', raw: 'tool_calls' },
    usage: {
      ...noUsage,
      inputTokens: inputTokensOf(request),
      outputTokens: 8 + tokensOf(call.name + call.argumentsText).length,
      source: 'reported',
    },
    logprobs: [],
  }
}

/** The model's stated speed, log-normally spread: a quarter for the first token, a tenth for the pace. */
function latencyOf({ speed }: Model, outputTokens: number, draw: Draw): Latency {
  const firstTokenMs = speed.firstTokenMs * Math.exp(0.25 * normal(draw))
  const perTokenMs = (1000 / speed.tokensPerSecond) * Math.exp(0.1 * normal(draw))
  return { firstTokenMs, perTokenMs, totalMs: firstTokenMs + perTokenMs * outputTokens }
}
