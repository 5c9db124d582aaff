import { z } from 'zod'

/** A few: each that is looked at is read and measured by the gateway. */
const mostSets = 20

const setName = z.string().refine((name) => /^[\w.-]{1,60}$/.test(name), {
  error: ({ input }) =>
    `${JSON.stringify(input)} is no name of a set. Write letters, digits, "-", "_" and ".", at most 60.`,
})

export const outcomeSetsSchema = z
  .record(setName, z.string().min(1))
  .refine((sets) => Object.keys(sets).length <= mostSets, {
    error: `has more than ${mostSets} sets. Remove those that nobody looks at.`,
  })
  .describe(
    'Files, or folders of files, with outcomes of several models on the same prompts, by name: what the dashboard measures policies on.',
  )

export type OutcomeSetsEntry = z.output<typeof outcomeSetsSchema>
