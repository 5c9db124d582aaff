/** A form for a new experiment, and what is sent of it. Pure. */

export type ExperimentDraft = {
  readonly id: string
  readonly policy: string
  readonly arm: string
  /** Percent of those that take part. */
  readonly share: string
  readonly by: 'session' | 'user' | 'key' | 'request'
  /** Percents, as in `1, 10, 50`. Empty: no ramp. */
  readonly ramp: string
  /** Points of quality that may be lost. */
  readonly margin: string
  readonly automatic: boolean
}

export const emptyDraft: ExperimentDraft = {
  id: '',
  policy: '',
  arm: '',
  share: '50',
  by: 'session',
  ramp: '',
  margin: '2',
  automatic: false,
}

export type DraftFaults = Partial<Record<keyof ExperimentDraft, string>>

export type ExperimentBody = {
  readonly id: string
  readonly policy: string
  readonly arms: Readonly<Record<string, number>>
  readonly by: ExperimentDraft['by']
  readonly ramp?: readonly number[]
  readonly qualityMargin: number
  readonly automatic: boolean
}

/** @returns every fault at once, or the body */
export function experimentBody(
  draft: ExperimentDraft,
):
  | { readonly kind: 'body'; readonly body: ExperimentBody }
  | { readonly kind: 'faults'; readonly faults: DraftFaults } {
  const faults: { -readonly [Field in keyof ExperimentDraft]?: string } = {}
  const share = percentOf(draft.share)
  const margin = Number(draft.margin)
  const ramp = draft.ramp.trim() === '' ? [] : draft.ramp.split(',').map(percentOf)
  if (draft.id.trim() === '') faults.id = 'Give it a name, such as cheaper-summaries.'
  if (draft.policy === '') faults.policy = 'Choose the policy whose requests take part.'
  if (draft.arm === '') faults.arm = 'Choose the policy to try.'
  else if (draft.arm === draft.policy) faults.arm = 'Choose another policy than the one it is compared with.'
  if (share === null) faults.share = 'Write a percentage above 0 and up to 100.'
  if (ramp.some((step) => step === null)) faults.ramp = 'Write percentages with commas, as in 1, 10, 50.'
  if (draft.margin.trim() === '' || !(margin >= 0 && margin <= 50))
    faults.margin = 'Write points of quality from 0 to 50.'
  if (share === null || Object.keys(faults).length > 0) return { kind: 'faults', faults }
  const steps = ramp.filter((step) => step !== null)
  return {
    kind: 'body',
    body: {
      id: draft.id.trim(),
      policy: draft.policy,
      arms: { [draft.arm]: share },
      by: draft.by,
      ...(steps.length > 0 && { ramp: steps }),
      qualityMargin: margin / 100,
      automatic: draft.automatic,
    },
  }
}

function percentOf(text: string): number | null {
  const number = Number(text.replace('%', ''))
  return text.trim() !== '' && number > 0 && number <= 100 ? number / 100 : null
}
