import { useQuery, withQuery } from '../../api/client.ts'
import type { FrontierReport, OutcomeSetLine } from '../../api/types.ts'
import { Card, Empty, format, Link, Loaded, Page, Select, setSearch, usePlace } from '../../ui/index.ts'
import './frontier.css'
import { NoSets, OnSet } from './on-set.tsx'
import { Report } from './report.tsx'
import { ofDecisions } from './shown.ts'

type PolicyLine = { readonly name: string; readonly strategy: string }
const counts = ['500', '2000', '5000']
/** In the place of a set's name where there is none to choose; no set can be called so. */
const noSet = '*'

export default function FrontierPage() {
  const { search } = usePlace()
  const policy = search.get('policy') ?? 'auto'
  const n = counts.find((one) => one === search.get('n')) ?? '2000'
  const policies = useQuery<{ readonly policies: readonly PolicyLine[] }>('/admin/policies')
  const sets = useQuery<{ readonly sets: readonly OutcomeSetLine[] }>('/admin/outcome-sets')
  const names = policies.data?.policies.map(({ name }) => name) ?? [policy]
  const known = sets.data?.sets.map(({ name }) => name) ?? []
  const asked = search.get('set')
  // Once there are sets, whoever has asked for any sees the first of them.
  const set = asked === noSet ? (known[0] ?? noSet) : asked
  return (
    <Page
      title="Cost and quality"
      intro="What each model, each policy and each exchange rate comes to. On decisions qualities are predictions, made when requests were decided: answers that nobody gave have not been graded. On an outcome set they are measured: it has true outcomes of every model."
    >
      <div className="filters">
        <Select
          label="Policy"
          value={policy}
          onChange={(name) => setSearch({ policy: name })}
          choices={[...new Set([policy, ...names])].map((name) => ({ value: name, label: name }))}
        />
        <Basis n={n} set={set} known={known} />
      </div>
      {set === null ? (
        <OnDecisions key={`${policy} ${n}`} policy={policy} n={n} />
      ) : set === noSet ? (
        <NoSets />
      ) : (
        <OnSet key={`${policy} ${set}`} name={set} policy={policy} />
      )}
    </Page>
  )
}

/** What it is based on: the last decisions, or a set that the configuration names. */
function Basis({
  n,
  set,
  known,
}: {
  readonly n: string
  readonly set: string | null
  readonly known: readonly string[]
}) {
  const named = [...new Set([...known, ...(set === null || set === noSet ? [] : [set])])]
  const choose = (value: string): void => {
    const [kind, name = ''] = [value.slice(0, 1), value.slice(1)]
    setSearch(kind === 's' ? { set: name, n: null } : { n: name, set: null })
  }
  return (
    <Select
      label="Based on"
      value={set === null ? `n${n}` : `s${set}`}
      onChange={choose}
      choices={[
        ...counts.map((count) => ({
          value: `n${count}`,
          label: `the last ${format.count(Number(count))} decisions`,
        })),
        ...named.map((name) => ({ value: `s${name}`, label: `outcome set ${name}` })),
        ...(named.length === 0 ? [{ value: `s${noSet}`, label: 'an outcome set' }] : []),
      ]}
    />
  )
}

function OnDecisions({ policy, n }: { readonly policy: string; readonly n: string }) {
  const report = useQuery<FrontierReport>(withQuery('/admin/frontier', { policy, n }))
  return (
    <Loaded query={report} lines={12}>
      {(found) => {
        const shown = ofDecisions(found)
        if (shown !== null) return <Report shown={shown} onApplied={report.reload} />
        return (
          <Card>
            <Empty title={`${policy} has decided nothing yet whose cost is known`}>
              <p>
                Send it some requests, or try a prompt in the <Link to="/playground">playground</Link>.
              </p>
            </Empty>
          </Card>
        )
      }}
    </Loaded>
  )
}
