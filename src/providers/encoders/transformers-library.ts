import { TextModelError } from './text-model-error.ts'

/** Of `@huggingface/transformers`, an optional dependency, the parts that are used here. */
export type TransformersLibrary = {
  readonly AutoTokenizer: Loader<Tokenizer>
  readonly AutoModel: Loader<OnnxSession>
  readonly AutoModelForSequenceClassification: Loader<OnnxSession>
}

type Loader<Loaded> = {
  readonly from_pretrained: (source: string, options: LoadOptions) => Promise<Loaded>
}

export type LoadOptions = {
  readonly local_files_only: boolean
  readonly cache_dir: string
  readonly revision: string
  readonly subfolder?: string
  readonly model_file_name?: string
  readonly dtype?: string
}

export type Tensor = { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[] }

export type Tokenizer = {
  (
    texts: readonly string[],
    options: { readonly padding: true; readonly truncation: true; readonly max_length: number },
  ): TokenizedTexts
  (
    texts: readonly string[],
    options: { readonly return_tensor: false; readonly add_special_tokens: boolean },
  ): { readonly input_ids: readonly (readonly number[])[] }
  readonly model_max_length: number
}

/** Texts by tokens, shorter texts padded; the mask is 0 where padding is. */
export type TokenizedTexts = {
  readonly input_ids: Tensor & { readonly data: BigInt64Array }
  readonly attention_mask: Tensor
}

export type OnnxSession = {
  (inputs: TokenizedTexts): Promise<Readonly<Record<string, Tensor | undefined>>>
  readonly config: { readonly id2label?: Readonly<Record<string, string>> }
  readonly dispose: () => Promise<unknown>
}

const packageName = '@huggingface/transformers'

/** Its install scripts fetch libraries for graphics cards from outside the package registry, and are not needed. */
const installCommand = `npm install --ignore-scripts ${packageName}@4`

/** @throws TextModelError where it is not installed, or does not run here */
export async function loadTransformers(
  wantedBy: string,
  importPackage: (name: string) => Promise<TransformersLibrary> = (name) => import(name),
): Promise<TransformersLibrary> {
  try {
    return await importPackage(packageName)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(packageName)
    const what = missing
      ? 'which is not installed'
      : `which can't be loaded here (${message.split('\n')[0]!.trim()})`
    throw new TextModelError(`${wantedBy} needs the package ${packageName}, ${what}. Run: ${installCommand}`)
  }
}
