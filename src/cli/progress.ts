/** Progress of long work on a stream that is not the result: a bar on a terminal, a line now and then elsewhere. */
export type Progress = {
  readonly step: (label: string, done: number, total: number) => void
  /** Clears the bar, so that what comes next begins on a clean line. */
  readonly finish: () => void
}

export type ProgressStream = {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly write: (text: string) => unknown
}

export function createProgress(stream: ProgressStream): Progress {
  return stream.isTTY === true ? bar(stream) : plainLines(stream)
}

export const silent: Progress = { step: () => {}, finish: () => {} }

const barWidth = 30

function bar(stream: ProgressStream): Progress {
  let drawn = ''
  const draw = (text: string) => {
    if (text === drawn) return
    drawn = text
    stream.write(`\r\u001b[2K${text}`)
  }
  return {
    step: (label, done, total) => {
      const filled = Math.round(barWidth * share(done, total))
      const blocks = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
      draw(`${blocks} ${percentOf(done, total)} ${label}`.slice(0, (stream.columns ?? 80) - 1))
    },
    finish: () => draw(''),
  }
}

/** One line when a label begins and one at each further half, so that a log of hours stays readable. */
function plainLines(stream: ProgressStream): Progress {
  let last = ''
  return {
    step: (label, done, total) => {
      const half = Math.floor(share(done, total) * 2)
      const stage = `${label} ${half}`
      if (stage === last) return
      last = stage
      stream.write(`${label}: ${percentOf(done, total).trim()}\n`)
    },
    finish: () => {},
  }
}

const share = (done: number, total: number): number => (total > 0 ? Math.min(1, done / total) : 1)

const percentOf = (done: number, total: number): string =>
  `${String(Math.floor(share(done, total) * 100)).padStart(3)} %`
