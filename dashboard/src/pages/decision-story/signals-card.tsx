import type { Decision } from '../../api/types.ts'
import { count, decimal, percent } from '../../ui/format.ts'
import { Card } from '../../ui/layout.tsx'
import { LongList, LongText } from '../../ui/long.tsx'

/** What was drawn from the request. The prompt itself is not kept. */
export function SignalsCard({
  decision: { signals, queryHash, askedModel },
}: {
  readonly decision: Decision
}) {
  const { structure, agent } = signals
  const facts: readonly (readonly [string, string])[] = [
    ['Asked for', askedModel],
    ['Task', signals.taskType],
    ['Complexity', `${decimal(signals.complexity)} of 1`],
    ['Subject', `${signals.subject.name} (${percent(signals.subject.probability, 0)})`],
    ['Language', signals.language],
    ['Input', `${count(signals.inputTokens)} tokens, estimated`],
    ['Turns', count(structure.turns)],
    [
      'Last user message',
      `${count(structure.lastUserChars)} characters, ${percent(structure.codeShare, 0)} code`,
    ],
    [
      'Tools',
      `${count(structure.tools)}${signals.toolsLeftOut ? `, ${signals.toolsLeftOut.dropped} left out` : ''}`,
    ],
    ['Images', count(structure.images)],
    ['JSON schema', structure.jsonSchema ? 'yes' : 'no'],
    ...(agent ? ([['Agent', `${agent.step}: ${agent.because}`]] as const) : []),
    ...Object.entries(signals.classes ?? {}).map(
      ([name, labels]) => [name, likeliest(labels as Readonly<Record<string, number>>)] as const,
    ),
    ['Prompt hash', queryHash],
  ]
  return (
    <Card title="Signals" span={5} note="What was drawn from the request. Its text is not kept.">
      <LongList rows={facts} first={30}>
        {(rows) => (
          <dl className="facts">
            {rows.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <LongText text={value} first={160} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </LongList>
      {signals.warnings?.map((warning) => (
        <p key={warning} className="note">
          <LongText text={warning} first={300} />
        </p>
      ))}
    </Card>
  )
}

const likeliest = (labels: Readonly<Record<string, number>>): string =>
  Object.entries(labels)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([label, probability]) => `${label} ${percent(probability, 0)}`)
    .join(', ')
