/**
 * How often simulated models do a part of an agent's work right. Every figure was written down before any policy had been run
 * on it. Planning and the way out of trouble need strength in the first profile, reading does not; the others are there to
 * see what becomes of a policy whose picture of the models is wrong.
 */

export const activities = ['planning', 'looking', 'digestion', 'editing', 'recovery', 'synthesis'] as const
export type Activity = (typeof activities)[number]

export const tiers = ['nano', 'mid', 'frontier'] as const
export type Tier = (typeof tiers)[number]

export type SkillProfile = {
  readonly name: string
  readonly skills: Readonly<Record<Tier, Readonly<Record<Activity, number>>>>
}

const skills = (
  planning: number,
  looking: number,
  digestion: number,
  editing: number,
  recovery: number,
  synthesis: number,
): Readonly<Record<Activity, number>> => ({ planning, looking, digestion, editing, recovery, synthesis })

const frontier = skills(0.95, 0.99, 0.99, 0.96, 0.9, 0.995)

export const profiles: readonly SkillProfile[] = [
  {
    name: 'as expected',
    skills: {
      nano: skills(0.5, 0.93, 0.95, 0.7, 0.35, 0.97),
      mid: skills(0.78, 0.97, 0.98, 0.88, 0.65, 0.99),
      frontier,
    },
  },
  {
    name: 'weak ones read badly too',
    skills: {
      nano: skills(0.4, 0.75, 0.75, 0.5, 0.25, 0.9),
      mid: skills(0.7, 0.88, 0.88, 0.75, 0.55, 0.96),
      frontier,
    },
  },
  {
    name: 'weak ones are bad at everything',
    skills: {
      nano: skills(0.2, 0.5, 0.5, 0.2, 0.1, 0.6),
      mid: skills(0.4, 0.7, 0.7, 0.45, 0.3, 0.8),
      frontier,
    },
  },
  {
    name: 'weak ones are fine at everything',
    skills: {
      nano: skills(0.94, 0.98, 0.98, 0.94, 0.88, 0.99),
      mid: skills(0.95, 0.99, 0.99, 0.95, 0.89, 0.99),
      frontier,
    },
  },
  {
    name: 'nobody recovers well',
    skills: {
      nano: skills(0.5, 0.93, 0.95, 0.6, 0.2, 0.97),
      mid: skills(0.78, 0.97, 0.98, 0.75, 0.35, 0.99),
      frontier: { ...frontier, editing: 0.88, recovery: 0.6 },
    },
  },
  {
    name: 'weak ones plan well and edit badly',
    skills: {
      nano: skills(0.92, 0.93, 0.95, 0.3, 0.3, 0.97),
      mid: skills(0.94, 0.97, 0.98, 0.6, 0.6, 0.99),
      frontier,
    },
  },
]
