import type { Transport } from '../domain/transport.ts'
import type { Target } from '../domain/vendor.ts'

export type Transports = {
  readonly simulated: Transport
  readonly http: Transport
  /** Vendors' libraries, which do the sending themselves. */
  readonly library: Transport
}

/** Simulated models and those behind a vendor's library answer in this process, all others over the network. */
export function createTransport({ simulated, http, library }: Transports): Transport {
  const transportOf = ({ model, vendor }: Target): Transport => {
    if (model.simulated) return simulated
    return vendor.library === undefined ? http : library
  }
  return {
    send: (outgoing, signal) => transportOf(outgoing.target).send(outgoing, signal),
    asFailure: (error, target) => transportOf(target).asFailure(error, target),
    close: async () => {
      await Promise.all([simulated.close(), http.close(), library.close()])
    },
  }
}
