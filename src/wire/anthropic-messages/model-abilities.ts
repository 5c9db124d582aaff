/**
 * What a Claude model takes, by the version in its name: a vendor of this format answers 400 to what its model no longer
 * knows, or does not know yet. Sources: https://platform.claude.com/docs/en/about-claude/models/migration-guide and
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking.
 */
export type ModelAbilities = {
  /** Goes on with a last message of the assistant. Models since 4.6 refuse one. */
  readonly prefill: boolean
  /** Takes `thinking: {type: "enabled", budget_tokens}`. */
  readonly thinkingBudget: boolean
  /** Takes `thinking: {type: "adaptive"}`. */
  readonly adaptiveThinking: boolean
  /** Takes `thinking: {type: "disabled"}`; some models can't stop thinking. */
  readonly noThinking: boolean
  /** The words of `output_config.effort`, from little to much; none: the field is refused. */
  readonly efforts: readonly string[]
  /** How many of `temperature` and `top_p` it takes at once; with none of them it refuses `top_k` too. */
  readonly samplingFields: 0 | 1 | 2
  /** No more than it can write: a larger `max_tokens` may be refused. */
  readonly outputTokens: number
}

const allEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const

/** Another vendor's model, or a name without a version: nothing is known, so nothing is taken out. */
const unknown: ModelAbilities = {
  prefill: true,
  thinkingBudget: true,
  adaptiveThinking: true,
  noThinking: true,
  efforts: allEfforts,
  samplingFields: 2,
  outputTokens: 8192,
}

export type KnownAbilities = ModelAbilities & { readonly known: boolean }

export function abilitiesOf(model: string): KnownAbilities {
  const version = versionOf(model)
  if (version === null) return { ...unknown, known: false }
  return {
    known: true,
    prefill: version < 406,
    thinkingBudget: version >= 307 && version < 407,
    adaptiveThinking: version >= 406,
    noThinking: !/fable|mythos/.test(model),
    efforts: effortsOf(model, version),
    samplingFields: version >= 407 ? 0 : version >= 401 ? 1 : 2,
    outputTokens: version >= 307 ? 32_000 : version >= 305 ? 8192 : 4096,
  }
}

/** `max` came with 4.6, `xhigh` with 4.7; of the models before only Opus 4.5 knows effort. */
function effortsOf(model: string, version: number): readonly string[] {
  if (version >= 407) return allEfforts
  if (version >= 406) return ['low', 'medium', 'high', 'max']
  return version >= 405 && model.includes('opus') ? ['low', 'medium', 'high'] : []
}

/**
 * 405 for `claude-opus-4-5-20251101`, 307 for `claude-3-7-sonnet-latest`: a hundred for each major version, so that 4.10
 * comes after 4.9. `null` where the name has none.
 */
function versionOf(model: string): number | null {
  const match = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model)
  return match === null ? null : 100 * Number(match[1]) + Number(match[2] ?? 0)
}

/** The strongest word the model knows that asks for no more than `effort`; `null` where it knows none. */
export function effortFor({ efforts }: ModelAbilities, effort: string): string | null {
  if (efforts.length === 0) return null
  if (efforts.includes(effort)) return effort
  const rank = allEfforts.indexOf(effort as (typeof allEfforts)[number])
  if (rank !== -1) return efforts.findLast((word) => allEfforts.indexOf(word as never) <= rank) ?? 'low'
  return effort === 'minimal' || effort === 'none' ? 'low' : null
}
