import { useEffect, useRef, useState } from 'react'
import { useMayChange, useQuery } from '../../api/client.ts'
import { Button } from '../../ui/controls.tsx'
import { Card } from '../../ui/layout.tsx'
import { Link } from '../../ui/location.tsx'
import { ErrorBox } from '../../ui/states.tsx'
import type { DemoEnd } from './demo.ts'

const demoTasks = 120

type State = { readonly kind: 'idle' } | { readonly kind: 'running'; readonly done: number } | DemoEnd

/** Before there is any traffic: how to bring some, and, where it costs nothing, a button that does. */
export function FirstRun({
  onRunning,
  onProgress,
}: {
  readonly onRunning: (running: boolean) => void
  readonly onProgress: () => void
}) {
  const models = useQuery<{ readonly models: readonly { readonly vendor: string }[] }>('/admin/models')
  const mayChange = useMayChange()
  const [state, setState] = useState<State>({ kind: 'idle' })
  const leaving = useRef<AbortController | null>(null)
  useEffect(() => () => leaving.current?.abort(), [])
  const free = models.data?.models.every(({ vendor }) => vendor === 'simulated') === true

  const run = async () => {
    const controller = new AbortController()
    leaving.current = controller
    onRunning(true)
    setState({ kind: 'running', done: 0 })
    let shown = 0
    // The tasks are loaded by who wants them.
    const { runDemo } = await import('./demo.ts')
    const end = await runDemo(demoTasks, controller.signal, (done) => {
      setState({ kind: 'running', done })
      if (done - shown < 8) return
      shown = done
      onProgress()
    })
    setState(end)
    onProgress()
  }

  return (
    <Card title={state.kind === 'idle' ? 'No requests yet' : 'The demonstration'}>
      {free && mayChange ? (
        <Offer
          state={state}
          onRun={run}
          onStop={() => leaving.current?.abort()}
          onHide={() => onRunning(false)}
        />
      ) : (
        <p>
          Point a client of OpenAI or Anthropic at this address and ask for the model <code>auto</code>. To
          see what routing does before that, run <code>npx fairlead demo</code>: it asks simulated models and
          costs nothing.
        </p>
      )}
      <p className="note">Or send one yourself:</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre tabIndex={0}>{curlLine(location.origin)}</pre>
      <p className="note">
        Or write one in the <Link to="/playground">playground</Link>.
      </p>
    </Card>
  )
}

const curlLine = (origin: string): string =>
  `curl ${origin}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"model":"auto","messages":[{"role":"user","content":"What is 17 * 23?"}]}'`

function Offer({
  state,
  onRun,
  onStop,
  onHide,
}: {
  readonly state: State
  readonly onRun: () => void
  readonly onStop: () => void
  readonly onHide: () => void
}) {
  switch (state.kind) {
    case 'idle':
      return (
        <>
          <p>
            This gateway serves simulated models. The demonstration sends {demoTasks} tasks with checkable
            answers to <code>auto</code>, checks each answer, and tells the gateway whether it was right:
            watch this page fill. It costs nothing.
          </p>
          <div className="row">
            <Button kind="main" onClick={onRun}>
              Run the demonstration
            </Button>
          </div>
        </>
      )
    case 'running':
      return (
        <div className="row">
          <progress value={state.done} max={demoTasks} aria-label="Tasks that are answered" />
          <span>
            {state.done} of {demoTasks}
          </span>
          <Button onClick={onStop}>Stop</Button>
        </div>
      )
    case 'refused':
      return (
        <>
          <ErrorBox error={state.error} onRetry={onRun} />
          {state.error.status === 401 && (
            <p className="note">
              Clients of this gateway need a key. Make one under <Link to="/keys">Keys & budgets</Link> and
              use it in the playground, or in the line below.
            </p>
          )}
        </>
      )
    default:
      return (
        <div className="row">
          <span>{state.kind === 'done' ? `All ${demoTasks} tasks are answered.` : 'Stopped.'}</span>
          <Link to="/decisions">See each decision</Link>
          <Button onClick={onHide}>Hide this</Button>
        </div>
      )
  }
}
