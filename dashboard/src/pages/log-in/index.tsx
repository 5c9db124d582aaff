import { type FormEvent, useState } from 'react'
import { send } from '../../api/call.ts'
import { logIn, session } from '../../api/session.ts'
import { useStore } from '../../api/store.ts'
import { Button, Field } from '../../ui/controls.tsx'
import { Page } from '../../ui/layout.tsx'
import { Empty } from '../../ui/states.tsx'

export default function LogIn() {
  const { refusal } = useStore(session)
  if (refusal?.code === 'admin_not_open') return <NotOpen message={refusal.message} />
  return (
    <Page title="Log in" intro="With the admin token, or with a token that may only read.">
      <TokenForm faulty={refusal?.code === 'invalid_admin_token'} />
    </Page>
  )
}

function TokenForm({ faulty }: { readonly faulty: boolean }) {
  const [token, setToken] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const tried = token.trim()
    setBusy(true)
    try {
      await send('GET', '/admin/me', undefined, { bearer: tried })
      logIn(tried)
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : 'This token was refused.')
      setBusy(false)
    }
  }
  const stale = faulty ? 'The token that this tab had is not valid any more. Enter it again.' : null
  return (
    <form className="card log-in" onSubmit={submit}>
      <Field
        label="Token"
        type="password"
        value={token}
        onChange={setToken}
        error={error ?? stale}
        hint="It stands as admin.token in the configuration, or in FAIRLEAD_ADMIN_TOKEN. This tab forgets it when it is closed."
        autoComplete="current-password"
        required
      />
      <Button type="submit" kind="main" busy={busy} disabled={token.trim() === ''}>
        Log in
      </Button>
    </form>
  )
}

const NotOpen = ({ message }: { readonly message: string }) => (
  <Page title="Not open from here">
    <Empty title={message}>
      <p>
        Start the gateway with <code>FAIRLEAD_ADMIN_TOKEN=…</code> and log in here with it, or open this page
        on the machine that the gateway runs on.
      </p>
      <Button onClick={() => session.set({ token: null, refusal: null })}>Try again</Button>
    </Empty>
  </Page>
)
