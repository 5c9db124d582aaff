import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Five models that are close to each other in quality and far apart in price. */
export const mmluProPool = [
  'gpt-4o-2024-05',
  'gemini-1.5-pro-002',
  'gemini-1.5-flash-002',
  'DeepSeek-Coder-V2',
  'Meta-Llama-3_1-70B-Instruct',
]

/** Two of the five have no entry in the data's price list: list prices of their vendors in 2024 stand in. */
const listPrices = {
  'DeepSeek-Coder-V2': [{ input_per_m: 0.14, output_per_m: 0.28, source: 'vendor, July 2024' }],
  'Meta-Llama-3_1-70B-Instruct': [{ input_per_m: 0.72, output_per_m: 0.72, source: 'hosted, 2024' }],
}

/** Does something with a price file that knows all five. */
export async function withListPrices<Result>(
  folder: string,
  use: (prices: string) => Promise<Result>,
): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'fairlead-prices-'))
  try {
    const prices = join(scratch, 'prices.json')
    const known = JSON.parse(await readFile(join(folder, 'prices.json'), 'utf8')) as object
    await writeFile(prices, JSON.stringify({ ...known, ...listPrices }))
    return await use(prices)
  } finally {
    await rm(scratch, { recursive: true })
  }
}
