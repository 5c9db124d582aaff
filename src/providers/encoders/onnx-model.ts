import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TextModelError } from './text-model-error.ts'
import { tokenizeWith } from './tokenize.ts'
import {
  loadTransformers,
  type LoadOptions,
  type OnnxSession,
  type TokenizedTexts,
  type TransformersLibrary,
} from './transformers-library.ts'

/** Where a model's files are: in a folder of this machine, or under a name at the Hugging Face Hub. */
export type ModelSource =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'hub'; readonly name: string; readonly revision: string }

/** Number formats of weights, by the endings of their files. */
export const weightFormats = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
} as const
export type WeightFormat = keyof typeof weightFormats

export type OnnxModelOptions = {
  readonly source: ModelSource
  /** Without it, a model of the hub must lie in `cacheFolder` already: nothing is downloaded unasked. */
  readonly allowRemote: boolean
  readonly cacheFolder: string
  readonly weights: WeightFormat
  /** The ONNX file's name, without the ending of its number format and without `.onnx`. */
  readonly file: string
  /** Longer texts are cut. */
  readonly maxTokens: number
}

/** A model that is loaded. Its session runs on threads of its own; the tokenizer does not. */
export type OnnxModel = {
  readonly id: string
  readonly session: OnnxSession
  readonly tokenize: (texts: readonly string[]) => TokenizedTexts
  readonly close: () => Promise<void>
}

/** Which of the library's kinds of model, and how exporters call its task. */
export type OnnxTask = {
  readonly load: (library: TransformersLibrary) => TransformersLibrary['AutoModel']
  readonly exportName: 'feature-extraction' | 'text-classification'
}

/** @throws TextModelError with a remedy */
export async function openOnnxModel(options: OnnxModelOptions, task: OnnxTask): Promise<OnnxModel> {
  const library = await loadTransformers(`The text model ${sourceName(options.source)}`)
  const place = placeOf(options, task)
  const loading: LoadOptions = {
    local_files_only: place.kind === 'folder',
    cache_dir: options.cacheFolder,
    revision: options.source.kind === 'hub' ? options.source.revision : 'main',
  }
  const from = place.kind === 'folder' ? place.path : place.name
  try {
    const tokenizer = await library.AutoTokenizer.from_pretrained(from, loading)
    const session = await task.load(library).from_pretrained(from, {
      ...loading,
      subfolder: place.subfolder,
      model_file_name: options.file,
      dtype: options.weights,
    })
    return {
      id: await modelId(options, place.subfolder),
      session,
      tokenize: tokenizeWith(tokenizer, options.maxTokens),
      close: closeOnce(session),
    }
  } catch (error) {
    throw new TextModelError(loadingProblem(error, options, task))
  }
}

/** A session that is disposed of twice throws. */
function closeOnce(session: OnnxSession): () => Promise<void> {
  let closing: Promise<unknown> | null = null
  return async () => {
    closing ??= session.dispose()
    await closing
  }
}

export const sourceName = (source: ModelSource): string =>
  source.kind === 'folder' ? source.path : source.name

const onnxFile = ({ file, weights }: OnnxModelOptions): string => `${file}${weightFormats[weights]}.onnx`

/** What the library needs of a model, beside its weights. */
const neededFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const

type Place =
  | { readonly kind: 'folder'; readonly path: string; readonly subfolder: string }
  | { readonly kind: 'hub'; readonly name: string; readonly subfolder: string }

/**
 * A model of the hub that was downloaded before is a folder like any other: the library would ask the hub even for files that
 * it has.
 */
function placeOf(options: OnnxModelOptions, task: OnnxTask): Place {
  const { source, cacheFolder, allowRemote } = options
  if (source.kind === 'folder')
    return { kind: 'folder', path: source.path, subfolder: checkedSubfolder(options, task) }
  const revision = source.revision === 'main' ? [] : [source.revision]
  const path = join(cacheFolder, source.name, ...revision)
  const subfolder = subfolderIn(path, options)
  if (subfolder !== null && missingIn(path) === null) return { kind: 'folder', path, subfolder }
  if (allowRemote) return { kind: 'hub', name: source.name, subfolder: 'onnx' }
  throw new TextModelError(
    `${source.name} is not in ${cacheFolder}, and nothing is downloaded unasked. Set \`allowRemote: true\`, or name a folder that holds the model.`,
  )
}

const missingIn = (folder: string): string | null =>
  neededFiles.find((file) => !existsSync(join(folder, file))) ?? null

/** The hub has ONNX files in `onnx/`; exporters put them beside the tokenizer. */
const subfolderIn = (folder: string, options: OnnxModelOptions): string | null =>
  ['onnx', ''].find((subfolder) => existsSync(join(folder, subfolder, onnxFile(options)))) ?? null

function checkedSubfolder(options: OnnxModelOptions, task: OnnxTask): string {
  const path = sourceName(options.source)
  const missing = missingIn(path)
  if (missing !== null)
    throw new TextModelError(
      `The folder ${path} has no ${missing}. Name the folder of one text model, with its tokenizer and its ONNX file.`,
    )
  const subfolder = subfolderIn(path, options)
  if (subfolder !== null) return subfolder
  throw new TextModelError(
    `The folder ${path} has no ${onnxFile(options)}, nor has its folder onnx. ${convert(path, task)}`,
  )
}

/** A folder's name does not say which weights lie in it: their hash does. */
async function modelId(options: OnnxModelOptions, subfolder: string): Promise<string> {
  const { source, file, weights, maxTokens } = options
  const rest = `${weights} ${maxTokens}`
  if (source.kind === 'hub') return `${source.name}@${source.revision} ${file} ${rest}`
  const hash = createHash('sha256')
  for (const part of ['tokenizer.json', join(subfolder, onnxFile(options))])
    await pipeline(createReadStream(join(source.path, part)), hash, { end: false })
  return `${basename(source.path)}-${hash.digest('hex').slice(0, 12)} ${rest}`
}

function loadingProblem(error: unknown, options: OnnxModelOptions, task: OnnxTask): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
  const name = sourceName(options.source)
  if (/could not locate file/i.test(message) && message.includes('.onnx'))
    return `${name} has no onnx/${onnxFile(options)}. ${convert(name, task)}`
  const remedy = /fetch failed|network|timeout|ENOTFOUND|ECONN/i.test(message)
    ? 'Check the network, or name a folder that holds the model.'
    : 'Check the name, and that its files are whole.'
  return `${name} can't be loaded (${message}). ${remedy}`
}

/** Hugging Face's own exporter, for models that have PyTorch weights alone. */
const convert = (name: string, { exportName }: OnnxTask): string =>
  `Convert its weights with Optimum, and name the folder: optimum-cli export onnx --model ${name} --task ${exportName} FOLDER`
