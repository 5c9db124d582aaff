/** How often a prompt that asks the same in other words, or with a slip, goes to another model. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { percent } from '../../src/cli/table.ts'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { defaultConfig } from '../../src/config/load.ts'
import { noRoutingOptions } from '../../src/domain/routing-options.ts'
import { openDecider } from '../../src/gateway/open-deciders.ts'
import { flipRates } from '../../src/learning/evaluation/perturb.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { requestOf } from '../../src/learning/outcomes/row-request.ts'
import { evalDefaults, seed } from './options.ts'

/** Keys that reach nobody: deciding calls no model. */
const pools = {
  'OpenAI and Anthropic': { OPENAI_API_KEY: 'unused', ANTHROPIC_API_KEY: 'unused' },
  'simulated models': {},
}

const promptsPerSet = 150

export async function stabilityTable(folder: string): Promise<string> {
  const prompts = await promptsOf(folder)
  const lines: string[] = []
  let kinds: string[] = []
  for (const [name, keys] of Object.entries(pools)) {
    const surroundings = builtInSurroundings([], readEnvironment(keys))
    const decider = await openDecider(defaultConfig(import.meta.dirname, surroundings))
    const choose = (prompt: string): string => {
      const request = requestOf({ prompt, tools: [] })
      const routed = decider.route({ model: 'auto', request, options: noRoutingOptions, usageWanted: false })
      if (routed.kind === 'failed') throw new Error(routed.failure.message)
      return routed.decision.chosen ?? 'none'
    }
    const rates = flipRates(prompts, choose, seed)
    kinds = Object.keys(rates.byPerturbation)
    const cells = [
      `\`auto\` over ${name}`,
      percent(rates.all),
      percent(rates.fresh),
      percent(rates.rehearsed),
      ...Object.values(rates.byPerturbation).map((rate) => percent(rate)),
    ]
    lines.push(`| ${cells.join(' | ')} |`)
  }
  return [
    `${prompts.length} prompts of the score rows. Of the last four changes, training rehearses others of the kind; of the rest, none.`,
    '',
    `| policy | all | not rehearsed | rehearsed | ${kinds.join(' | ')} |`,
    `|---|---|---|---|${kinds.map(() => '---|').join('')}`,
    ...lines,
  ].join('\n')
}

async function promptsOf(folder: string): Promise<string[]> {
  const sets = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const prompts: string[] = []
  for (const { name } of sets.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const read = await readOutcomes([join(folder, name)])
    if (read.kind === 'faulty') continue
    const scored = read.rows.filter(
      ({ split, tools }) => split === evalDefaults.scoreSplit && tools.length === 0,
    )
    prompts.push(...scored.slice(0, promptsPerSet).map(({ prompt }) => prompt))
  }
  return prompts
}
