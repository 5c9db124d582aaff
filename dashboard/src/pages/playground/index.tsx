import { type FormEvent, useState } from 'react'
import { useQuery } from '../../api/client.ts'
import { Button, Card, Empty, Field, Grid, Page, Select } from '../../ui/index.ts'
import { AnswerCard } from './answer-card.tsx'
import './playground.css'
import { PreviewCard } from './preview-card.tsx'
import { useAnswers } from './use-answers.ts'
import { usePreview } from './use-preview.ts'

type Policies = { readonly policies: readonly { readonly name: string }[] }
type Models = { readonly models: readonly { readonly id: string }[] }

const most = 4

export default function Playground() {
  const policies = useQuery<Policies>('/admin/policies')
  const models = useQuery<Models>('/admin/models')
  const [prompt, setPrompt] = useState('')
  const [key, setKey] = useState('')
  const [policy, setPolicy] = useState('auto')
  const [names, setNames] = useState<readonly string[]>(['auto'])
  const preview = usePreview(policy, prompt, key)
  const answers = useAnswers()
  const policyNames = policies.data?.policies.map(({ name }) => name) ?? []
  const modelNames = models.data?.models.map(({ id }) => id) ?? []
  const choose = (chosen: readonly string[]) => {
    setNames(chosen)
    answers.keep(chosen)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    answers.ask(names, prompt, key)
  }
  const keyFault =
    preview.state === 'failed' && [401, 403].includes(preview.error.status) ? preview.error.message : null
  return (
    <Page
      title="Playground"
      intro="Watch the choice change as you type, then ask several models or policies the same thing. Asking costs what it costs any client; looking costs nothing."
    >
      <Grid>
        <Card title="Prompt" span={5}>
          <form className="stack" onSubmit={submit}>
            <Field
              label="Prompt"
              hideLabel
              lines={8}
              value={prompt}
              onChange={setPrompt}
              placeholder="Write a prompt…"
            />
            <Chosen names={names} onChange={choose} policies={policyNames} models={modelNames} />
            <Field
              label="Virtual key"
              type="password"
              autoComplete="off"
              value={key}
              onChange={setKey}
              hint="Only where the gateway wants one of its clients. It stays on this page."
              error={keyFault}
            />
            <div className="row">
              <Button kind="main" type="submit" disabled={prompt.trim() === '' || names.length === 0}>
                {names.length === 1 ? 'Ask' : `Ask all ${names.length}`}
              </Button>
              <Button onClick={answers.stop} disabled={!answers.running}>
                Stop
              </Button>
            </div>
          </form>
        </Card>
        <PreviewCard
          preview={preview}
          policy={policy}
          onPolicy={setPolicy}
          policies={policyNames.length === 0 ? ['auto'] : policyNames}
        />
      </Grid>
      <h2>Answers</h2>
      {names.length === 0 ? (
        <Empty title="Choose a model or a policy to ask" />
      ) : (
        <div className="answers">
          {names.map((name) => (
            <AnswerCard key={name} name={name} answer={answers.of(name)} apiKey={key} />
          ))}
        </div>
      )}
    </Page>
  )
}

function Chosen({
  names,
  onChange,
  policies,
  models,
}: {
  readonly names: readonly string[]
  readonly onChange: (names: readonly string[]) => void
  readonly policies: readonly string[]
  readonly models: readonly string[]
}) {
  const others = [...policies, ...models].filter((name) => !names.includes(name))
  const full = names.length >= most
  return (
    <div className="stack">
      <Select
        label="Ask also"
        value=""
        disabled={full}
        onChange={(name) => name !== '' && onChange([...names, name])}
        choices={[
          { value: '', label: full ? `${most} are as many as fit` : 'Add a policy or a model…' },
          ...others.map((name) => ({ value: name, label: name })),
        ]}
      />
      <ul className="chosen" aria-label="Who will be asked">
        {names.map((name) => (
          <li key={name}>
            <span className="wrap">{name}</span>
            <Button
              kind="quiet"
              label={`Do not ask ${name}`}
              onClick={() => onChange(names.filter((one) => one !== name))}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
