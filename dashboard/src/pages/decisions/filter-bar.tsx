import { useQuery } from '../../api/client.ts'
import { Button, Field, Select } from '../../ui/controls.tsx'
import { setSearch } from '../../ui/location.tsx'
import { useTyped } from '../../ui/use-typed.ts'
import { type FilterName, type Filters, filterNames } from './filters.ts'

/** A filter begins at the first page again. */
const change = (changes: Readonly<Partial<Record<FilterName, string | null>>>) =>
  setSearch({ ...changes, after: null, from: null })

export function FilterBar({ filters }: { readonly filters: Filters }) {
  const policies = useQuery<{ readonly policies: readonly { readonly name: string }[] }>('/admin/policies')
  const models = useQuery<{ readonly models: readonly { readonly id: string }[] }>('/admin/models')
  const [text, setText] = useTyped(filters.text ?? '', (typed) => change({ text: typed || null }))
  const others = filterNames.filter(
    (name) => filters[name] !== undefined && !['text', 'policy', 'model', 'status', 'since'].includes(name),
  )
  return (
    <search className="filters">
      <Field
        label="Search"
        type="search"
        value={text}
        onChange={setText}
        placeholder="id, policy, model, reason"
      />
      <Select
        label="Policy"
        value={filters.policy ?? ''}
        onChange={(policy) => change({ policy })}
        choices={choices(
          filters.policy,
          policies.data?.policies.map(({ name }) => name),
        )}
      />
      <Select
        label="Model"
        value={filters.model ?? ''}
        onChange={(model) => change({ model })}
        choices={choices(
          filters.model,
          models.data?.models.map(({ id }) => id),
        )}
      />
      <Select
        label="Status"
        value={filters.status ?? ''}
        onChange={(status) => change({ status })}
        choices={choices(filters.status, ['answered', 'failed', 'cancelled'])}
      />
      <Select
        label="Since"
        value={filters.since ?? ''}
        onChange={(since) => change({ since })}
        choices={choices(filters.since, ['1h', '24h', '7d', '30d'])}
      />
      {others.map((name) => (
        <Button key={name} onClick={() => change({ [name]: null })} label={`Remove the filter ${name}`}>
          {name}: {filters[name]} ✕
        </Button>
      ))}
    </search>
  )
}

const choices = (chosen: string | undefined, values: readonly string[] = []) => [
  { value: '', label: 'any' },
  // What stands in the address may be gone from the configuration.
  ...[...new Set([...values, ...(chosen ? [chosen] : [])])].map((value) => ({ value, label: value })),
]
