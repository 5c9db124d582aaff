import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'

/** The fullest first. */
export const byFullness = (limits: readonly LimitStatus[]): readonly LimitStatus[] =>
  [...limits].sort((a, b) => share(b) - share(a) || a.title.localeCompare(b.title))

/** A limit of nothing is full. */
const share = ({ spent, limit }: LimitStatus): number => (limit <= 0 ? 1 : spent / limit)
