/** Dollars of one search. What may be asked is set aside at its dearest beforehand, so that the limit is never passed. */
export type Budget = {
  readonly limitUsd: number
  /** `false`, and nothing is set aside: so much is not left. */
  readonly reserve: (usd: number) => boolean
  /** What was set aside came to this. */
  readonly settle: (reservedUsd: number, spentUsd: number) => void
  readonly spentUsd: () => number
  /** What is neither spent nor set aside. */
  readonly leftUsd: () => number
}

export function createBudget(limitUsd: number): Budget {
  let spent = 0
  let reserved = 0
  const left = (): number => limitUsd - spent - reserved
  return {
    limitUsd,
    reserve: (usd) => {
      if (usd > left()) return false
      reserved += usd
      return true
    },
    settle: (reservedUsd, spentUsd) => {
      reserved = Math.max(0, reserved - reservedUsd)
      spent += spentUsd
    },
    spentUsd: () => spent,
    leftUsd: left,
  }
}
