/** Loaded into a gateway's process before its own code (`--import`): tells by message what only the process itself knows. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolution = 10
const delays = monitorEventLoopDelay({ resolution })
delays.enable()

const counted = (kinds, kind) => kinds.filter((one) => one === kind).length

function vitals() {
  // Before the collection, which holds the loop up itself. What is measured holds the sampling interval too.
  const delay = {
    median: Math.max(0, delays.percentile(50) / 1e6 - resolution),
    p99: Math.max(0, delays.percentile(99) / 1e6 - resolution),
    most: Math.max(0, delays.max / 1e6 - resolution),
  }
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const active = process.getActiveResourcesInfo()
  delays.reset()
  return {
    heapBytes: heapUsed,
    residentBytes: rss,
    sockets: counted(active, 'TCPSocketWrap'),
    timers: counted(active, 'Timeout'),
    delay,
  }
}

process.on('message', () => process.send?.(vitals()))
// Listening must not keep a process alive that has been told to stop.
process.channel?.unref()
