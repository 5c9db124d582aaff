import type { RegretReport } from '../../api/types.ts'
import { useQuery, withQuery } from '../../api/client.ts'
import { BandPlot } from '../../ui/band-plot.tsx'
import { Card, Empty, format, Loaded, Select, setSearch, usePlace } from '../../ui/index.ts'
import {
  againstRows,
  bareWorth,
  exploredRows,
  givenUpRows,
  givenUpWords,
  groundsOf,
  leftOutWords,
  limitOf,
  marksOf,
  recordedWords,
  sayUsd,
  sayWorth,
  tickWorth,
  verdictOf,
} from './regret.ts'
import { RivalTable } from './rival-table.tsx'

const everyMs = 15_000
const decisionsRead = 5_000

/** What deciding as they did has cost policies that learn or try models. @param policies at least one */
export function RegretCard({ policies }: { readonly policies: readonly string[] }) {
  const { search } = usePlace()
  const asked = search.get('regret')
  const policy = asked !== null && policies.includes(asked) ? asked : (policies[0] ?? null)
  const path = policy && `/admin/policies/${encodeURIComponent(policy)}/regret`
  const query = useQuery<RegretReport>(path && withQuery(path, { n: decisionsRead }), { everyMs })
  return (
    <Card
      title="Regret"
      note="In good answers: quality less what money and time take from it, at each request’s own exchange rate. What the best choice would have earned in truth is not to be seen in live traffic; each curve says what it stands on."
      actions={
        <Select
          label="Policy of the regret"
          hideLabel
          value={policy ?? ''}
          onChange={(name) => setSearch({ regret: name })}
          choices={policies.map((name) => ({ value: name, label: name }))}
        />
      }
    >
      <div className="regret regret-all">
        <Loaded query={query} lines={10}>
          {(report) =>
            report.givenUp.decisions === 0 ? <Nothing report={report} /> : <Curves report={report} />
          }
        </Loaded>
      </div>
    </Card>
  )
}

const Nothing = ({ report }: { readonly report: RegretReport }) => (
  <Empty title={`${report.policy} has decided nothing that tells anything yet`}>
    <p>
      {report.decisions === 0
        ? 'Send it requests, and feedback on the answers.'
        : `Of ${format.count(report.decisions)} decisions: ${leftOutWords(report)}.`}
    </p>
  </Empty>
)

function Curves({ report }: { readonly report: RegretReport }) {
  const { decisions, cut, since, until, explored, givenUp } = report
  const leftOut = leftOutWords(report)
  return (
    <>
      <p className="note">
        {cut ? 'The last ' : ''}
        {format.count(decisions)} decisions, {format.time(since)} to {format.time(until)}.
        {leftOut !== '' && ` Left out: ${leftOut}.`}
      </p>
      <AgainstRivals report={report} />
      <div className={explored === null ? 'regret' : 'regret-pair'}>
        <div className="regret">
          <BandPlot
            title="Given up by what the policy believed"
            description={`Good answers, summed over ${givenUp.decisions} decisions: what the policy held to be the best less what it chose.`}
            unit="good answers"
            rows={givenUpRows(givenUp)}
            say={sayWorth}
            bare={bareWorth}
            tick={tickWorth}
            marks={marksOf(report)}
            titles={{ at: 'Until', name: 'Decisions' }}
          />
          <p className="note">{givenUpWords(givenUp)}</p>
        </div>
        {explored !== null && (
          <div className="regret">
            <BandPlot
              title="Booked for trying models"
              description={`Dollars that trying was expected to cost beyond the best model: of the account, by ${explored.per} and in all since the first point, and by the records of the decisions themselves.`}
              unit="dollars"
              rows={exploredRows(explored)}
              say={sayUsd}
              bare={sayUsd}
              rules={limitOf(explored)}
              steps
              titles={{ at: 'At', name: 'Booked' }}
            />
            <p className="note">
              Expected when each model was tried, not what the bill says. The account is read when a version
              was saved, and now: in all it is the least that was booked. {recordedWords(explored, givenUp)}
            </p>
          </div>
        )}
      </div>
    </>
  )
}

function AgainstRivals({ report }: { readonly report: RegretReport }) {
  const { against } = report
  const rows = againstRows(against)
  return (
    <>
      <p className="regret-verdict">{verdictOf(against)}</p>
      {rows.length > 0 && (
        <BandPlot
          title="What others would have earned beyond the policy"
          description="Good answers, summed over the decisions left to chance: an off-policy estimate, with a 95 % band that holds at all points and for all models together. Above zero the policy has earned less."
          unit="good answers"
          rows={rows}
          say={sayWorth}
          bare={bareWorth}
          tick={tickWorth}
          marks={marksOf(report)}
          titles={{ at: 'Until', name: 'Instead' }}
        />
      )}
      <p className="note">{groundsOf(against)}</p>
      {against.rivals.length > 0 && <RivalTable rivals={against.rivals} />}
    </>
  )
}
