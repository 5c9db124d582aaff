import { seededDraw } from '../../src/domain/random.ts'
import { toyPrompt } from './toy-corpus.ts'

/** Lines of an outcome file about easy and hard prompts; skill by model, as chances on easy and on hard ones. */
export function ownLines(
  count: number,
  skills: Readonly<Record<string, readonly [number, number]>>,
  fields: { readonly split?: string; readonly dataset?: string; readonly seed?: string } = {},
): string {
  const { split = 'train', dataset = 'own', seed = 'own' } = fields
  const draw = seededDraw(`${seed} ${split} ${dataset}`)
  return Array.from({ length: count }, (_, index) => {
    const hard = index % 2
    const outcomes = Object.entries(skills).map(([model, chances], place) => [
      model,
      { score: draw() < chances[hard]! ? 1 : 0, output_tokens: 100, cost_usd: 0.0001 * 8 ** place },
    ])
    return JSON.stringify({
      id: `${seed} ${split} ${dataset} ${index}`,
      dataset,
      split,
      prompt: toyPrompt(hard ? 'hard' : 'easy', `${seed} ${split} ${dataset} ${index}`),
      outcomes: Object.fromEntries(outcomes),
    })
  }).join('\n')
}
