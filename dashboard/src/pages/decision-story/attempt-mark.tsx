import type { AttemptRole } from './attempts.ts'

/** Lines on a field of 16 by 16: a shape for each role, beside its words. */
const shapes: Readonly<Record<AttemptRole, string>> = {
  first: 'M4 3l9 5-9 5z',
  step: 'M8 2l6 6-6 6-6-6z',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M12 1v3.6H8.4',
  'other-target': 'M2 5h11M10 2l3 3-3 3M14 11H3M6 8l-3 3 3 3',
  fallback: 'M3 2v7h9M9 5.5l3.5 3.5L9 12.5',
  hedge: 'M2 5h12M2 11h12',
  continuation: 'M8 1v2M8 5v2M8 9v5M4.5 10.5L8 14l3.5-3.5',
  escalation: 'M8 14V3M3.5 7.5L8 3l4.5 4.5',
}

export function AttemptMark({ role }: { readonly role: AttemptRole }) {
  return (
    <svg
      className="timeline-mark"
      data-role={role}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[role]} />
    </svg>
  )
}
