import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

const nanosPerSecond = 1e9
const sampleEveryMs = 20

/** Of this process: memory, processor, event loop. Gives back what stops the measuring. */
export function addProcessMetrics(registry: Registry): () => void {
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: sampleEveryMs })
  delay.enable()
  addEventLoop(registry, delay)
  new Gauge({
    name: 'fairlead_process_memory_bytes',
    help: 'Memory of the process: resident, used heap, outside the heap.',
    labelNames: ['area'],
    registers,
    collect() {
      const { rss, heapUsed, external } = process.memoryUsage()
      this.set({ area: 'resident' }, rss)
      this.set({ area: 'heap_used' }, heapUsed)
      this.set({ area: 'external' }, external)
    },
  })
  new Counter({
    name: 'fairlead_process_cpu_seconds_total',
    help: 'Processor time, user and system together.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'fairlead_process_start_time_seconds',
    aggregator: 'min',
    help: 'When the process began, in seconds since 1970.',
    registers,
  }).set(Math.round(Date.now() / 1000 - process.uptime()))
  return () => delay.disable()
}

function addEventLoop(registry: Registry, delay: IntervalHistogram): void {
  new Gauge({
    name: 'fairlead_event_loop_delay_seconds',
    aggregator: 'max',
    help: 'How late the event loop was since the last scrape.',
    labelNames: ['statistic'],
    registers: [registry],
    collect() {
      // Timers fire no sooner than their interval: what is above it is delay.
      const seconds = (nanos: number) =>
        Number.isFinite(nanos) ? Math.max(0, nanos / nanosPerSecond - sampleEveryMs / 1000) : 0
      this.set({ statistic: 'median' }, seconds(delay.percentile(50)))
      this.set({ statistic: 'p99' }, seconds(delay.percentile(99)))
      this.set({ statistic: 'max' }, seconds(delay.max))
      delay.reset()
    },
  })
}
