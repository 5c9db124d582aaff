/**
 * How near texts of one intent are to each other: the built-in encoder beside TF-IDF over the same n-grams. An encoder that
 * was trained on a set's intents has an easy task there, so one is also trained on the other sets alone. No encoder here has
 * seen a text that is scored, but for that of the shipped one, which is scored only where its training set was another file.
 * `npm run bench:encoder -- FOLDER`
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { table } from '../src/cli/table.ts'
import { hash32 } from '../src/domain/random.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import { buildCorpus, intentPrefix } from '../src/learning/training/corpus.ts'
import { type LabelledText, readLabelledTexts } from '../src/learning/training/labelled-texts.ts'
import { defaultNetworkOptions, trainNetwork } from '../src/learning/training/train-network.ts'
import { createEncoder, type EncoderWeights, unitTextVector } from '../src/signals/encoder/network.ts'
import { createTextFeatures } from '../src/signals/encoder/text-features.ts'
import { type LikenessTask, likeness, type Representation } from './encoder/likeness.ts'

/** Where texts of each set are; a set without rows to score on has a quarter of its texts set apart. */
const sets = {
  clinc150: {
    texts: 'clinc150/train.jsonl.gz',
    scored: 'clinc150/val.jsonl.gz',
    outOfScope: 'clinc150/oos_val.jsonl.gz',
  },
  banking77: { texts: 'banking77/train.jsonl.gz' },
  hwu64: { texts: 'hwu64_kfold1/train.jsonl.gz' },
} as const satisfies Record<string, { texts: string; scored?: string; outOfScope?: string }>

const intentWeight = 0.8

async function main(folder: string): Promise<void> {
  const tasks = Object.fromEntries(
    await Promise.all(
      Object.keys(sets).map(async (set) => [set, await taskOf(folder, set as keyof typeof sets)]),
    ),
  ) as Readonly<Record<string, LikenessTask>>
  const shipped = encodings((await loadRouter(null)).artefact.encoder)
  console.error('training on all sets …')
  const onAll = encodings(encoderOf(tasks))
  const lines = Object.entries(tasks).flatMap(([set, task]) => {
    const others = Object.entries(tasks).filter(([name]) => name !== set)
    console.error(`${set}: training without it …`)
    const representations = {
      'TF-IDF of the same n-grams': termFrequencies(task.examples.map(({ text }) => text)),
      'encoder trained on the other sets': encodings(encoderOf(Object.fromEntries(others))),
      'encoder trained on these intents too': onAll,
      ...('scored' in sets[set as keyof typeof sets] ? { 'shipped encoder': shipped } : {}),
    }
    return Object.entries(representations).map(([name, representation]) => {
      const { nearestAccuracy, outOfScopeAuroc, sameIntentAuroc } = likeness(representation, task)
      return [
        set,
        name,
        nearestAccuracy.toFixed(3),
        outOfScopeAuroc?.toFixed(3) ?? '',
        sameIntentAuroc.toFixed(3),
      ]
    })
  })
  const columns = ['nearest of 10 per intent', 'out-of-scope AUROC', 'same-intent AUROC']
  console.log(
    table(
      [
        { title: 'set' },
        { title: 'vectors' },
        ...columns.map((title) => ({ title, align: 'right' as const })),
      ],
      lines,
    ),
  )
}

async function taskOf(folder: string, set: keyof typeof sets): Promise<LikenessTask> {
  const files: { texts: string; scored?: string; outOfScope?: string } = sets[set]
  const read = (file: string | undefined) => (file ? readLabelledTexts(join(folder, file)) : [])
  const texts = await read(files.texts)
  const isApart = ({ text }: LabelledText) => hash32(text) % 4 === 0
  return {
    examples: files.scored ? texts : texts.filter((text) => !isApart(text)),
    scored: files.scored ? await read(files.scored) : texts.filter(isApart),
    outOfScope: (await read(files.outOfScope)).map(({ text }) => text),
  }
}

function termFrequencies(texts: readonly string[]): Representation {
  const buckets = 131_072
  const counter = createTextFeatures(buckets)
  const documents = new Uint32Array(buckets)
  for (const text of texts) {
    const { ids, count } = counter.read(text)
    for (const id of ids.subarray(0, count)) documents[id]!++
  }
  const idf = Float32Array.from(documents, (count) => Math.log((1 + texts.length) / (1 + count)) + 1)
  const { read } = createTextFeatures(buckets, idf)
  const vectorOf = (text: string) => {
    const { ids, weights, count } = read(text)
    return { ids: ids.slice(0, count), weights: weights.slice(0, count) }
  }
  return { size: buckets, vectorOf }
}

function encodings(weights: EncoderWeights): Representation {
  const { encode } = createEncoder(weights)
  const ids = Uint32Array.from({ length: weights.textDims }, (_, dim) => dim)
  return {
    size: weights.textDims,
    vectorOf: (text) => ({ ids, weights: unitTextVector(encode(text), weights.textDims) }),
  }
}

function encoderOf(tasks: Readonly<Record<string, LikenessTask>>): EncoderWeights {
  const examples = Object.entries(tasks).flatMap(([set, task]) =>
    task.examples.map(({ text, label }) => ({
      text,
      scores: [],
      labels: { [intentPrefix + set]: label },
      weight: 1,
    })),
  )
  const labelWeights = Object.fromEntries(Object.keys(tasks).map((set) => [intentPrefix + set, intentWeight]))
  const corpus = buildCorpus(examples, { buckets: defaultNetworkOptions.buckets, labelWeights })
  return trainNetwork(corpus, defaultNetworkOptions).encoder
}

const folder = process.argv[2]
if (folder === undefined || !(await stat(folder)).isDirectory()) {
  console.error('Name the folder that holds the sets of labelled texts.')
  process.exit(1)
}
await main(folder)
