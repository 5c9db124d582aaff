import { type Draw, seededDraw } from '../../domain/random.ts'

/** Changes of a prompt that ask the same thing: none of them should change who answers. */
export const perturbations: Readonly<Record<string, (text: string, draw: Draw) => string>> = {
  'trailing space': (text) => `${text} `,
  'trailing newline': (text) => `${text}\n`,
  'double space': (text) => text.replace(/ /, '  '),
  'lower-case start': (text) => text.charAt(0).toLowerCase() + text.slice(1),
  'no final mark': (text) => text.replace(/[.?!]\s*$/, ''),
  'curly quotes': (text) => text.replace(/'/g, '’'),
  'one typing slip': slip,
  'thanks at the end': (text) => `${text} Thanks!`,
  'please at the start': (text) => `Please answer: ${text}`,
}

/** Two neighbouring letters of one longer word change places. */
function slip(text: string, draw: Draw): string {
  const words = text.split(' ')
  const long = words.flatMap((word, index) => (word.length > 3 ? [index] : []))
  if (long.length === 0) return text
  const index = long[Math.floor(draw() * long.length)]!
  const word = words[index]!
  words[index] = word[0]! + word[2]! + word[1]! + word.slice(3)
  return words.join(' ')
}

export type FlipRates = { readonly all: number; readonly byPerturbation: Readonly<Record<string, number>> }

/** The share of perturbed prompts that `choose` sends elsewhere than the prompt itself. */
export function flipRates(
  prompts: readonly string[],
  choose: (prompt: string) => string,
  seed: string,
): FlipRates {
  const draw = seededDraw(seed)
  const first = prompts.map(choose)
  const byPerturbation = Object.fromEntries(
    Object.entries(perturbations).map(([name, perturb]) => [
      name,
      prompts.filter((prompt, index) => choose(perturb(prompt, draw)) !== first[index]).length /
        prompts.length,
    ]),
  )
  const rates = Object.values(byPerturbation)
  return { all: rates.reduce((sum, rate) => sum + rate, 0) / rates.length, byPerturbation }
}
