/**
 * Names of attributes, spans and metrics as others read them. Those of OpenTelemetry are published in its semantic conventions
 * (https://github.com/open-telemetry/semantic-conventions-genai) and are still in development there, which is why they are
 * written down here: an update of a package must not rename what users' boards are built on.
 */

export const genAi = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  /** What `gen_ai.provider.name` was called before; some still read it. */
  system: 'gen_ai.system',
  conversation: 'gen_ai.conversation.id',
  outputType: 'gen_ai.output.type',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  stream: 'gen_ai.request.stream',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  maxTokens: 'gen_ai.request.max_tokens',
  stop: 'gen_ai.request.stop_sequences',
  seed: 'gen_ai.request.seed',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  presencePenalty: 'gen_ai.request.presence_penalty',
  choices: 'gen_ai.request.choice.count',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreation: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  promptName: 'gen_ai.prompt.name',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  evaluationName: 'gen_ai.evaluation.name',
  evaluationScore: 'gen_ai.evaluation.score.value',
  evaluationExplanation: 'gen_ai.evaluation.explanation',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
} as const

export const general = {
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  userId: 'user.id',
  sessionId: 'session.id',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  serviceInstance: 'service.instance.id',
} as const

export const evaluationResult = 'gen_ai.evaluation.result'

/** What Langfuse reads beside the conventions: https://langfuse.com/integrations/native/opentelemetry#property-mapping */
export const langfuse = {
  traceName: 'langfuse.trace.name',
  tags: 'langfuse.trace.tags',
  userId: 'langfuse.user.id',
  sessionId: 'langfuse.session.id',
  type: 'langfuse.observation.type',
  costDetails: 'langfuse.observation.cost_details',
  promptName: 'langfuse.observation.prompt.name',
  promptVersion: 'langfuse.observation.prompt.version',
  level: 'langfuse.observation.level',
  /** Dollars. Read by several; the conventions have no cost yet. */
  usageCost: 'gen_ai.usage.cost',
} as const

/** What Braintrust reads beside the conventions: https://www.braintrust.dev/docs/integrations/opentelemetry */
export const braintrust = {
  tags: 'braintrust.tags',
  metadata: 'braintrust.metadata',
  spanAttributes: 'braintrust.span_attributes',
  estimatedCost: 'braintrust.metrics.estimated_cost',
} as const

export const metricNames = {
  tokenUsage: 'gen_ai.client.token.usage',
  operationDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  serverRequestDuration: 'gen_ai.server.request.duration',
  serverTimeToFirstToken: 'gen_ai.server.time_to_first_token',
} as const

export const own = {
  decision: 'fairlead.decision.id',
  policy: 'fairlead.policy',
  policyVersion: 'fairlead.policy.version',
  strategy: 'fairlead.strategy',
  queryHash: 'fairlead.query.hash',
  askedModel: 'fairlead.model.asked',
  chosenModel: 'fairlead.model.chosen',
  answeredModel: 'fairlead.model.answered',
  model: 'fairlead.model',
  target: 'fairlead.target',
  because: 'fairlead.because',
  quality: 'fairlead.quality.predicted',
  qualityDeviation: 'fairlead.quality.deviation',
  predictedCost: 'fairlead.cost.predicted_usd',
  cost: 'fairlead.cost.usd',
  propensity: 'fairlead.propensity',
  fallbacks: 'fairlead.fallbacks',
  role: 'fairlead.attempt.role',
  trigger: 'fairlead.attempt.trigger',
  candidates: 'fairlead.candidates',
  refused: 'fairlead.refused',
  taskType: 'fairlead.task_type',
  complexity: 'fairlead.complexity',
  objective: 'fairlead.objective',
  estimatedUsage: 'fairlead.usage.estimated',
  key: 'fairlead.key.id',
  team: 'fairlead.team',
  project: 'fairlead.project',
  tags: 'fairlead.tags',
  episode: 'fairlead.episode.id',
  cache: 'fairlead.cache',
  experiment: 'fairlead.experiment.id',
  arm: 'fairlead.experiment.arm',
  feedbackSource: 'fairlead.feedback.source',
} as const
