import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aFolder } from './a-folder.ts'
import { type OnnxGraph, onnxFile } from './onnx-file.ts'

/**
 * A folder with a text model as the Hugging Face Hub has them, tiny enough to be made here: each word is looked up in a
 * table of numbers. Words that are not in it are zero.
 */
type TinyModel = {
  /** Rows of one length, by lower-case word. */
  readonly words: Readonly<Record<string, readonly number[]>>
  /** `beside`: the ONNX file lies beside the tokenizer, as exporters put it, and not in `onnx/`. */
  readonly layout?: 'hub' | 'beside'
}

const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const

/** Gives every token its row: `last_hidden_state`. */
export function anEncoderFolder(model: TinyModel): string {
  const table = tableOf(model)
  return writeModel(
    model,
    { model_type: 'bert', architectures: ['BertModel'] },
    {
      ...inputs(table),
      outputs: [{ name: 'last_hidden_state', type: 'float', shape: ['batch', 'tokens', table.columns] }],
      nodes: [{ type: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] }],
    },
  )
}

/** Adds up the rows of a text's words: `logits`, one for each label. */
export function aClassifierFolder(model: TinyModel & { readonly labels: readonly string[] | null }): string {
  const table = tableOf(model)
  const id2label = Object.fromEntries((model.labels ?? []).map((label, index) => [index, label]))
  const config = {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    ...(model.labels !== null && { id2label }),
  }
  return writeModel(model, config, {
    ...inputs(table),
    outputs: [{ name: 'logits', type: 'float', shape: ['batch', table.columns] }],
    nodes: [
      { type: 'Gather', inputs: ['table', 'input_ids'], outputs: ['rows'] },
      { type: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
      { type: 'Unsqueeze', inputs: ['mask', 'last_axis'], outputs: ['mask_column'] },
      { type: 'Mul', inputs: ['rows', 'mask_column'], outputs: ['kept'] },
      { type: 'ReduceSum', inputs: ['kept', 'token_axis'], outputs: ['logits'], attributes: { keepdims: 0 } },
    ],
    weights: [
      ...inputs(table).weights,
      { name: 'last_axis', dims: [1], values: BigInt64Array.of(2n) },
      { name: 'token_axis', dims: [1], values: BigInt64Array.of(1n) },
    ],
  })
}

type Table = { readonly rows: number; readonly columns: number; readonly values: Float32Array }

function tableOf({ words }: TinyModel): Table {
  const rows = Object.values(words)
  const columns = rows[0]!.length
  const special = specialTokens.map(() => new Array<number>(columns).fill(0))
  return {
    rows: special.length + rows.length,
    columns,
    values: Float32Array.from([...special, ...rows].flat()),
  }
}

const inputs = ({ rows, columns, values }: Table): Pick<OnnxGraph, 'inputs' | 'weights'> => ({
  inputs: ['input_ids', 'attention_mask'].map((name) => ({
    name,
    type: 'int64',
    shape: ['batch', 'tokens'],
  })),
  weights: [{ name: 'table', dims: [rows, columns], values }],
})

function writeModel({ words, layout = 'hub' }: TinyModel, config: object, graph: OnnxGraph): string {
  const folder = aFolder()
  const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
  write('config.json', config)
  write('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    model_max_length: 512,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
  })
  write('tokenizer.json', tokenizer(Object.keys(words)))
  const place = layout === 'hub' ? join(folder, 'onnx') : folder
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'model.onnx'), onnxFile(graph))
  return folder
}

/** Whole words only, in lower case, between `[CLS]` and `[SEP]`. */
const tokenizer = (words: readonly string[]) => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: specialTokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries([...specialTokens, ...words].map((word, id) => [word, id])),
  },
})
