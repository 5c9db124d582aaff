import { useState } from 'react'
import { Button } from '../../ui/index.ts'

/** A new secret: nobody can show it again. */
export function SecretShown({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no')
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => setCopied('yes'),
      // Browsers have a clipboard for pages over https, and of this machine, alone.
      () => setCopied('failed'),
    )
  return (
    <div className="stack">
      <p>
        <strong>Copy it now: it is shown this once.</strong> Fairlead keeps nothing but its hash.
      </p>
      <output className="secret" aria-label="The new key">
        {secret}
      </output>
      <div className="row">
        <Button kind="main" onClick={copy}>
          Copy
        </Button>
        <Button onClick={onClose}>Done</Button>
        <span role="status" className="note">
          {copied === 'yes' && 'Copied.'}
          {copied === 'failed' && 'The browser does not let this page copy: select it by hand.'}
        </span>
      </div>
    </div>
  )
}
