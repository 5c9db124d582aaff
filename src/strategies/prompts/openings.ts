/**
 * How each prompt of Fairlead's own begins. Real models need nothing of it; simulated models, which understand no language,
 * know by these lines what is asked of them (providers/simulated/instructed): a test holds the two lists together.
 */
export const openings = {
  judge: 'You choose the best of several answers to one request.',
  rater: 'You rate how hard a request is to answer well.',
  synthesis:
    'You write one answer out of the answers that several assistants gave to the request that follows.',
  router: 'You see to it that a request is answered well and cheaply, with the help of other models.',
  team: 'You work in a team on the request that follows.',
} as const

/** In a team's prompts, what is wanted of the member: a line of its own. */
export const partLine = (part: string): string => `Your part: ${part}.`
