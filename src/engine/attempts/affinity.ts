/** Where a session's earlier requests were answered: its prompts are in that target's cache. */
export type Affinity = {
  /** The target to go back to, by its identity. */
  readonly target: string
  /** The vendor, with its key, that holds state for this client: nobody else can go on. `null`: anybody can. */
  readonly only: string | null
}
