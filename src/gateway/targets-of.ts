import type { ResolvedConfig } from '../config/resolved.ts'
import { type TargetBook, targetBook } from '../engine/attempts/model-targets.ts'
import type { Experience } from './experience.ts'

export const targetsOf = ({ targets, targetChoices }: ResolvedConfig, { health }: Experience): TargetBook =>
  targetBook(
    (model) => targets.get(model) ?? [],
    (model) => targetChoices.get(model) ?? null,
    health,
  )
