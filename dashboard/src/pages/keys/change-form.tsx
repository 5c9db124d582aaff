import type { ReactNode } from 'react'
import { Button, Dialog, ErrorBox } from '../../ui/index.ts'
import type { GroupDraft, KeyDraft } from './draft.ts'
import type { Change } from './use-change.ts'
import { useFaultFocus } from './use-fault-focus.ts'

/** What people call the parts of a form. */
const fieldNames: Readonly<Record<keyof KeyDraft | keyof GroupDraft, string>> = {
  name: 'name',
  limits: 'spending limits',
  requestsPerMinute: 'requests a minute',
  tokensPerMinute: 'tokens a minute',
  concurrency: 'requests at once',
  policies: 'policies',
  models: 'models',
  tools: 'MCP tools',
  group: 'team or project',
  user: 'user',
  tags: 'tags',
  expiry: 'expiry',
  expiresIn: 'expiry',
  kind: 'kind',
  team: 'team',
}

/** A dialog with fields, what is wrong, what another did meanwhile, and the buttons. */
export function ChangeForm({
  name,
  change: { save, faults, theirs, error, busy },
  onClose,
  children,
}: {
  /** Of what is changed. */
  readonly name: string
  readonly change: Pick<Change, 'save' | 'faults' | 'theirs' | 'error' | 'busy'>
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const form = useFaultFocus(faults)
  return (
    <Dialog title={`Change ${name}`} onClose={onClose} wide>
      <form ref={form} className="stack" onSubmit={save} noValidate>
        {children}
        {theirs !== null && (
          <div className="error-box" role="alert">
            <p>
              <strong>Not saved: somebody else has changed it meanwhile</strong>
              {theirs.length > 0 && ` (${[...new Set(theirs.map((name) => fieldNames[name]))].join(', ')})`}.
              What you had not touched stands here as it is now. Look at it, then save again.
            </p>
          </div>
        )}
        {error !== null && <ErrorBox error={error} />}
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
