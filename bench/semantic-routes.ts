/**
 * How well `semantic` routes from ten utterances per intent: CLINC150 with its out-of-scope texts, and BANKING77. The built-in
 * encoder is trained on the other sets for it, so that it has seen no text of the set; the shipped one has been trained on
 * texts of these very intents, and its figures say how well it knows them. Utterances and thresholds come from training
 * rows; what is scored are CLINC150's validation rows and a quarter of BANKING77 that is set apart.
 *
 * `npm run bench:semantic-routes -- FOLDER [--embeddings URL --model NAME]`: the URL of an OpenAI-compatible API, before `/embeddings`;
 * its key in EMBEDDINGS_API_KEY, if it wants one.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { percent, table } from '../src/cli/table.ts'
import { hash32 } from '../src/domain/random.ts'
import { Secret } from '../src/domain/secret.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import { buildCorpus, intentPrefix } from '../src/learning/training/corpus.ts'
import { type LabelledText, readLabelledTexts } from '../src/learning/training/labelled-texts.ts'
import { defaultNetworkOptions, trainNetwork } from '../src/learning/training/train-network.ts'
import { openEncoder } from '../src/providers/encoders/index.ts'
import { createEncoder, type EncoderWeights, unitTextVector } from '../src/signals/encoder/network.ts'
import {
  type Figures,
  type Method,
  type RoutingTask,
  score,
  timing,
  type VectorOf,
} from './semantic-routes-score.ts'

const trainFiles = {
  clinc150: 'clinc150/train.jsonl.gz',
  banking77: 'banking77/train.jsonl.gz',
  hwu64: 'hwu64_kfold1/train.jsonl.gz',
} as const
type SetName = keyof typeof trainFiles

/** As much as intents count in the shipped encoder's own training. */
const intentWeight = 0.8

async function main(folder: string, embeddings: Embeddings | null): Promise<void> {
  const read = (file: string) => readLabelledTexts(join(folder, file))
  const isApart = ({ text }: LabelledText) => hash32(text) % 4 === 0
  const banking = await read(trainFiles.banking77)
  const tasks: Readonly<Record<'clinc150' | 'banking77', RoutingTask>> = {
    clinc150: {
      examples: await read(trainFiles.clinc150),
      scored: await read('clinc150/val.jsonl.gz'),
      outOfScope: textsOf(await read('clinc150/oos_val.jsonl.gz')),
    },
    banking77: {
      examples: banking.filter((text) => !isApart(text)),
      scored: banking.filter(isApart),
      outOfScope: [],
    },
  }
  const strangers = { clinc150: textsOf(await read('clinc150/oos_train.jsonl.gz')), banking77: [] }
  const lines: string[][] = []
  for (const set of ['clinc150', 'banking77'] as const) {
    const task = tasks[set]
    for (const [name, vectorOf] of await encodersFor(set, task, folder, embeddings, strangers[set])) {
      console.error(`${set}: ${name} …`)
      for (const method of methodsFor(strangers[set]))
        lines.push([set, name, method.name, ...cells(score(task, method, vectorOf))])
      const { prepareMs, chooseMs } = timing(task, vectorOf)
      console.error(
        `${set}: a choice takes ${chooseMs.toFixed(3)} ms, and preparing ${prepareMs.toFixed(0)} ms`,
      )
    }
  }
  console.log(table(columns, lines))
}

const columns = [
  { title: 'set' },
  { title: 'vectors' },
  { title: 'by' },
  ...['best route', 'in-scope', 'accuracy', 'oos recall', 'oos precision', 'oos F1', 'vectors weigh'].map(
    (title) => ({ title, align: 'right' as const }),
  ),
]

/** The default of `semantic`, and a lower one. */
const [caution, less] = [0.5, 0.1]

const methodsFor = (strangers: readonly string[]): readonly Method[] => [
  { name: 'vectors', denseShare: 1, strangers: [], caution },
  { name: 'words (BM25)', denseShare: 0, strangers: [], caution },
  { name: 'both', denseShare: null, strangers: [], caution },
  { name: `both, caution ${less}`, denseShare: null, strangers: [], caution: less },
  ...(strangers.length > 0
    ? [{ name: `both, ${strangers.length} strangers given`, denseShare: null, strangers, caution }]
    : []),
]

const cells = ({ best, inScope, accuracy, outOfScope, denseShare }: Figures): string[] => [
  percent(best),
  percent(inScope),
  percent(accuracy),
  ...(outOfScope === null
    ? ['', '', '']
    : [percent(outOfScope.recall), percent(outOfScope.precision), outOfScope.f1.toFixed(3)]),
  denseShare.toFixed(2),
]

const textsOf = (rows: readonly LabelledText[]): readonly string[] => rows.map(({ text }) => text)

async function encodersFor(
  set: SetName,
  task: RoutingTask,
  folder: string,
  embeddings: Embeddings | null,
  strangers: readonly string[],
): Promise<readonly (readonly [string, VectorOf])[]> {
  console.error(`training the built-in encoder without ${set} …`)
  const unseen = await trainedWithout(set, folder)
  const shipped = (await loadRouter(null)).artefact.encoder
  return [
    ['built-in, set unseen', remembered(vectorsBy(unseen))],
    ['shipped, intents seen', remembered(vectorsBy(shipped))],
    ...(embeddings ? [[embeddings.model, await plugged(embeddings, task, strangers)] as const] : []),
  ]
}

async function trainedWithout(set: SetName, folder: string): Promise<EncoderWeights> {
  const others = Object.entries(trainFiles).filter(([name]) => name !== set)
  const examples = []
  for (const [name, file] of others)
    for (const { text, label } of await readLabelledTexts(join(folder, file)))
      examples.push({ text, scores: [], labels: { [intentPrefix + name]: label }, weight: 1 })
  const labelWeights = Object.fromEntries(others.map(([name]) => [intentPrefix + name, intentWeight]))
  const corpus = buildCorpus(examples, { buckets: defaultNetworkOptions.buckets, labelWeights })
  return trainNetwork(corpus, defaultNetworkOptions).encoder
}

function vectorsBy(weights: EncoderWeights): (text: string) => Float32Array {
  const { encode } = createEncoder(weights)
  return (text) => unitTextVector(encode(text), weights.textDims).slice()
}

function remembered(vectorOf: (text: string) => Float32Array): VectorOf {
  const known = new Map<string, Float32Array>()
  return (text) => {
    const vector = known.get(text) ?? vectorOf(text)
    known.set(text, vector)
    return vector
  }
}

type Embeddings = { readonly baseUrl: string; readonly model: string }

/** Every text beforehand: what is scored asks for them one by one. @throws Error where the endpoint fails */
async function plugged(
  { baseUrl, model }: Embeddings,
  { examples, scored, outOfScope }: RoutingTask,
  strangers: readonly string[],
): Promise<VectorOf> {
  const key = process.env.EMBEDDINGS_API_KEY
  const encoder = await openEncoder({
    kind: 'embeddings',
    model,
    dimensions: null,
    endpoint: {
      baseUrl,
      vendor: { name: 'plugged', title: 'the embeddings endpoint', local: false },
      auth: key ? { kind: 'bearer' } : { kind: 'none' },
      credential: key ? new Secret(key) : null,
      headers: {},
    },
  })
  const texts = [...new Set([...textsOf(examples), ...textsOf(scored), ...outOfScope, ...strangers])]
  const vectors = new Map<string, Float32Array>()
  const perCall = 1_000
  for (let from = 0; from < texts.length; from += perCall) {
    const some = texts.slice(from, from + perCall)
    const result = await encoder.read(some, AbortSignal.timeout(600_000))
    if (result.kind === 'failed') throw new Error(`${baseUrl}: ${result.failure.message}`)
    some.forEach((text, place) => {
      vectors.set(text, result.values[place]!)
    })
  }
  await encoder.close()
  return (text) => vectors.get(text) ?? null
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { embeddings: { type: 'string' }, model: { type: 'string' } },
})
const [folder] = positionals
if (folder === undefined || (values.embeddings === undefined) !== (values.model === undefined)) {
  console.error(
    'Name the folder that holds the sets of labelled texts; --embeddings URL goes with --model NAME.',
  )
  process.exit(1)
}
await main(
  folder,
  values.embeddings === undefined ? null : { baseUrl: values.embeddings, model: values.model! },
)
