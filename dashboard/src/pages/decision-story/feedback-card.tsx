import type { Feedback } from '../../api/types.ts'
import { percent, time } from '../../ui/format.ts'
import { Badge, Card } from '../../ui/layout.tsx'
import { LongList, LongText } from '../../ui/long.tsx'
import { Empty } from '../../ui/states.tsx'

export const FeedbackCard = ({ feedback }: { readonly feedback: readonly Feedback[] }) => (
  <Card title="Feedback" span={12}>
    {feedback.length === 0 ? (
      <Empty title="Nobody has said anything of this answer." />
    ) : (
      <LongList rows={feedback} first={20} step={100}>
        {(rows) => (
          <ul className="plain-list">
            {rows.map(({ id, metric, score, source, author, at, about, comment, correction }) => (
              <li key={id}>
                <p className="row">
                  <strong>
                    {metric} {score === null ? '–' : percent(score)}
                  </strong>
                  <Badge>{source}</Badge>
                  {about.kind !== 'decision' && <Badge>of the whole {about.kind}</Badge>}
                  <span className="quiet wrap">
                    {author.slice(0, 80)}, {time(at)}
                  </span>
                </p>
                {comment !== null && <LongText text={comment} />}
                {correction !== null && (
                  <p>
                    Better: <LongText text={correction} />
                  </p>
                )}
              </li>
            ))}
          </ul>
        )}
      </LongList>
    )}
  </Card>
)
