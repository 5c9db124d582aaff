import { type Answer, type Finish, noUsage } from '../../domain/answer.ts'
import type { Model } from '../../domain/model.ts'
import { type Draw, hash32, normal, seededDraw } from '../../domain/random.ts'
import {
  type AssistantPart,
  lastUserText,
  type Request,
  textOf,
  type ToolCall,
} from '../../domain/request.ts'
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
}

/**
 * What a simulated model answers, and how long it takes over it. Pure: the same seed, model and request always give
 * the same. `sampling.seed` makes another try of it, as it does at a real vendor.
 */
export function simulateAnswer(model: Model, request: Request, seed: string): Simulated {
  const prompt = lastUserText(request)
  const draw = seededDraw(`${seed} ${model.id} ${request.sampling.seed ?? ''} ${prompt}`)
  const answersTool = request.messages.at(-1)?.role === 'tool'
  const tool = answersTool ? null : toolFor(request, prompt)
  const answer = tool
    ? toolAnswer(model, request, {
        kind: 'tool-call',
        id: `call_${hash32(`${seed} ${prompt}`).toString(16).padStart(8, '0')}`,
        name: tool.name,
        argumentsText: argumentsFor(tool, prompt),
      })
    : spokenAnswer(model, request, draw, speechFor(model, request, draw, prompt))
  return { answer, latency: latencyOf(model, answer.usage.outputTokens, draw) }
}

function speechFor(model: Model, request: Request, draw: Draw, prompt: string): Speech {
  const last = request.messages.at(-1)
  if (last?.role === 'tool') return plainSpeech(request, prompt, `The tool returned: ${textOf(last)}`)
  const task = recogniseTask(prompt)
  return task ? taskSpeech(model, request, draw, prompt, task) : plainSpeech(request, prompt, notice)
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
): Speech {
  const { family, level } = task
  const chance = chanceOfSuccess(model, { kind: family.kind, level, prompt })
  const right = draw() < chance
  const solution = task.solve()
  const answer = right ? solution : family.mistake(draw, { prompt, answer: solution })
  const confidence = apparentConfidence(draw, chance, right)
  const thinks = model.capabilities.has('reasoning')
  const thought = thinks ? reasoning(draw, family, reasoningTokens(level, draw)) : ''
  const said = explanation(draw, family, level)
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
