import type { Transport } from '../domain/transport.ts'
import type { Target } from '../domain/vendor.ts'

/** Simulated models answer in this process, all others over the network. */
export function createTransport(simulated: Transport, http: Transport): Transport {
  const transportOf = ({ model }: Target): Transport => (model.simulated ? simulated : http)
  return {
    send: (outgoing, signal) => transportOf(outgoing.target).send(outgoing, signal),
    asFailure: (error, target) => transportOf(target).asFailure(error, target),
    close: async () => {
      await Promise.all([simulated.close(), http.close()])
    },
  }
}
