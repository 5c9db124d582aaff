/**
 * How the prompts begin that strategies write for models. A simulated model understands no language: by these first lines alone
 * it knows that it is to judge, rate, direct or work in a team. They equal strategies/prompts/openings.ts, which this layer may not
 * import; a test holds the two together. A client that writes such a line gets what a strategy would.
 */
export const openings = {
  judge: 'You choose the best of several answers to one request.',
  rater: 'You rate how hard a request is to answer well.',
  synthesis:
    'You write one answer out of the answers that several assistants gave to the request that follows.',
  router: 'You see to it that a request is answered well and cheaply, with the help of other models.',
  team: 'You work in a team on the request that follows.',
} as const
