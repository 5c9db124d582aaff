/** The `states` of `automix`, counted on outcomes: what is the case where so large a share of checks passes. */

export type CheckedQuestion = {
  /** The share of the small model's checks of its own answer that passed. */
  readonly passed: number
  readonly smallRight: boolean
  readonly largeRight: boolean
}

export type AutoMixState = { readonly upTo: number; readonly smallRight: number; readonly largeOnly: number }

/** Each bin holds at least so many questions, or is joined with the next. */
const leastInBin = 8

/**
 * Shares of the three states (the small model is right, only the large one is, nobody is) among the questions of each bin of
 * shares, with one more question of each state than were counted (Laplace), so that no state is ever ruled out. Some 50 questions
 * do (AutoMix, arXiv 2310.12963).
 */
export function fitAutoMix(questions: readonly CheckedQuestion[], samples: number): readonly AutoMixState[] {
  const bins: AutoMixState[] = []
  let waiting: CheckedQuestion[] = []
  for (let passed = 0; passed <= samples; passed++) {
    const [above, upTo] = [(passed - 0.5) / samples, (passed + 0.5) / samples]
    waiting.push(...questions.filter((question) => question.passed >= above && question.passed < upTo))
    if (waiting.length < leastInBin && passed < samples) continue
    if (waiting.length < leastInBin && bins.length > 0) {
      // Too few are left for a bin of their own: the one before reaches to the end.
      bins[bins.length - 1] = { ...bins[bins.length - 1]!, upTo: 1 }
      continue
    }
    bins.push({ upTo: passed / samples, ...sharesOf(waiting) })
    waiting = []
  }
  return bins
}

function sharesOf(questions: readonly CheckedQuestion[]): Omit<AutoMixState, 'upTo'> {
  const total = questions.length + 3
  const smallRight = questions.filter((question) => question.smallRight).length
  const largeOnly = questions.filter((question) => !question.smallRight && question.largeRight).length
  return { smallRight: (smallRight + 1) / total, largeOnly: (largeOnly + 1) / total }
}
