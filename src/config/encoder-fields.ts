import { z } from 'zod'
import { poolings } from '../providers/encoders/onnx-encoder.ts'
import { type WeightFormat, weightFormats } from '../providers/encoders/onnx-model.ts'

const text = z.string().min(1)
const milliseconds = z.number().int().positive()

/** What is waited for a text model before a decision is made without it. */
const timeoutMs = milliseconds
  .default(150)
  .describe('How long a decision waits for it; then it is made without.')

const cacheMegabytes = z
  .number()
  .min(0)
  .default(32)
  .describe('Memory for what it made of texts. 0: nothing is remembered.')

const onnxFields = {
  model: text.describe(
    'A folder (./models/minilm, /srv/models/minilm) with config, tokenizer and ONNX file, or a name at the Hugging Face Hub (owner/name).',
  ),
  revision: text.default('main').describe('A branch, tag or commit of the hub.'),
  allowRemote: z.boolean().default(false).describe('Download a model of the hub that is not there yet.'),
  cacheFolder: text.default('.fairlead/models').describe('Where downloaded models are kept.'),
  weights: z
    .enum(Object.keys(weightFormats) as [WeightFormat, ...WeightFormat[]])
    .default('fp32')
    .describe('The number format of the weights: which of the ONNX files is used.'),
  file: text.default('model').describe('The ONNX file, without .onnx and the ending of its number format.'),
  maxTokens: z.number().int().positive().default(512).describe('Longer texts are cut.'),
  timeoutMs,
  cacheMegabytes,
}

const builtIn = z
  .strictObject({ kind: z.literal('built-in') })
  .describe('The encoder that comes with Fairlead, or with the artefact.')

/** A base URL, or a vendor that has one: which, is checked where the vendors are known. */
const embeddings = z
  .strictObject({
    kind: z.literal('embeddings'),
    vendor: text.optional().describe('A vendor whose base URL and key are used.'),
    baseUrl: text.optional().describe('Everything before /embeddings, such as http://127.0.0.1:8080/v1.'),
    apiKey: text.optional().describe(`The key, or better where it is: env:NAME or \${NAME}.`),
    headers: z
      .record(text, z.string())
      .optional()
      .describe(`Sent with every call; values may hold \${NAME}.`),
    model: text.describe("The embedding model's name at the endpoint."),
    dimensions: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('How many numbers to ask for, of models that can shorten their vectors.'),
    timeoutMs,
    cacheMegabytes,
  })
  .describe('Any endpoint that speaks POST /v1/embeddings. It is sent the text of every request.')

const transformers = z
  .strictObject({
    kind: z.literal('transformers'),
    ...onnxFields,
    pooling: z
      .enum(poolings)
      .default('mean')
      .describe("How tokens become one vector: their mean, the first one's, or as the model does it."),
  })
  .describe('An ONNX sentence encoder, run here by @huggingface/transformers.')

export const encoderSchema = z.discriminatedUnion('kind', [builtIn, embeddings, transformers])
export type EncoderEntry = z.output<typeof encoderSchema>

export const classifierSchema = z
  .strictObject({
    ...onnxFields,
    labels: z
      .array(text)
      .min(2)
      .optional()
      .describe("Names of the classes, in the model's order, where it only numbers them."),
  })
  .describe('An ONNX classifier of texts, run here by @huggingface/transformers.')
export type ClassifierEntry = z.output<typeof classifierSchema>
