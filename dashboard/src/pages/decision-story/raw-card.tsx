import { useState } from 'react'
import type { Story } from '../../api/types.ts'
import { Button } from '../../ui/controls.tsx'
import { count } from '../../ui/format.ts'
import { Card } from '../../ui/layout.tsx'

/** What a page shows at once; the rest is in the file. */
const mostShown = 20_000

/** The whole record as it was stored. It is written out only for who asks for it. */
export function RawCard({ story }: { readonly story: Story }) {
  const [text, setText] = useState<string | null>(null)
  const save = () => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(story, null, 2)], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${story.decision.id}.json`
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Card
      title="The record"
      span={12}
      actions={
        <>
          <Button
            onClick={() => setText(text === null ? JSON.stringify(story, null, 2) : null)}
            pressed={text !== null}
          >
            {text === null ? 'Show' : 'Hide'}
          </Button>
          <Button onClick={save}>Save as a file</Button>
        </>
      }
    >
      {text !== null && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
          <pre tabIndex={0} className="record">
            {text.slice(0, mostShown)}
          </pre>
          {text.length > mostShown && (
            <p className="note">
              The first {count(mostShown)} of {count(text.length)} characters. The file has all of them.
            </p>
          )}
        </>
      )}
    </Card>
  )
}
