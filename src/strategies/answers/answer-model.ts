/**
 * What answers say of each other: a model of which candidates are right, before and after some of them have answered.
 *
 * Prompts share a difficulty that the estimates do not see. Given it (d, a standard normal, by Gauss-Hermite quadrature)
 * candidates are right independently of each other:
 *
 *     P(m is right | d) = sigmoid(a_m + s d)        a_m such that the mean over d is the candidate's predicted quality
 *
 * Right answers agree. Wrong ones agree by chance: a wrong answer joins a cluster of n equal wrong ones among k with
 * probability n / (k + theta), and is a new one with theta / (k + theta) (Polya's urn), theta = 1 / wrongAgreement - 1. So
 * two cheap answers that agree are very likely right, two that differ lower each other, and a hard-looking prompt lowers the
 * models that have not run as well, which is what keeps a cascade from climbing where nobody can answer (AutoMix's hopeless
 * state, arXiv 2310.12963).
 */
export type AnswerModel = {
  readonly candidates: number
  readonly after: (observed: readonly Observed[]) => Belief
}

/** One answer that has come in. */
export type Observed = {
  /** Place among the candidates. */
  readonly candidate: number
  /** Equal for answers that agree; `null`: the answer can't be compared with others. */
  readonly cluster: number | null
  /** ln P(what was seen of the answer | it is right) - ln P(the same | it is wrong); 0 says nothing. */
  readonly evidence: number
}

export type Belief = {
  /** P(right), by candidate; of those that have not run, of the answer that they would give. */
  readonly right: Float64Array
  /** Probability of what was observed. */
  readonly likelihood: number
}

export type AnswerModelOptions = {
  /** Deviation, in log-odds, of the difficulty that candidates share and their estimates do not see. */
  readonly sharedDifficulty: number
  /** Probability, in (0, 1), that two wrong answers are the same one. */
  readonly wrongAgreement: number
}

/** Nodes and weights of Gauss-Hermite quadrature for a standard normal, nine points. */
const nodes = [
  -4.512745863399783, -3.20542900285647, -2.07684797867783, -1.023255663789133, 0, 1.023255663789133,
  2.07684797867783, 3.20542900285647, 4.512745863399783,
]
const weights = [
  2.2345844007746e-5, 0.002789141321231769, 0.0499164067652179, 0.2440975028949394, 0.4063492063492063,
  0.2440975028949394, 0.0499164067652179, 0.002789141321231769, 2.2345844007746e-5,
]

export function createAnswerModel(qualities: readonly number[], options: AnswerModelOptions): AnswerModel {
  const { sharedDifficulty, wrongAgreement } = options
  const rights = qualities.map((quality) => rightByNode(quality, sharedDifficulty))
  const theta = 1 / wrongAgreement - 1
  return {
    candidates: qualities.length,
    after: (observed) => believe(rights, observed, theta),
  }
}

const surest = 0.999

/** P(right | d) at each node; the intercept is found by bisection, so that the mean over nodes is the quality. */
function rightByNode(quality: number, deviation: number): Float64Array {
  const wanted = Math.min(surest, Math.max(1 - surest, quality))
  let low = -60
  let high = 60
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    let mean = 0
    for (let node = 0; node < nodes.length; node++)
      mean += weights[node]! / (1 + Math.exp(-(middle + deviation * nodes[node]!)))
    if (mean < wanted) low = middle
    else high = middle
  }
  return Float64Array.from(nodes, (node) => 1 / (1 + Math.exp(-((low + high) / 2 + deviation * node))))
}

/**
 * Sums over what may be the case: none of the compared answers is right, or those of one cluster are. Answers that can't be
 * compared are right or wrong on their own.
 */
function believe(rights: readonly Float64Array[], observed: readonly Observed[], theta: number): Belief {
  const clusters = [...new Set(observed.flatMap(({ cluster }) => (cluster === null ? [] : [cluster])))]
  const byNode = new Float64Array(nodes.length)
  const chances = clusters.map(() => 0)
  let likelihood = 0
  for (let hypothesis = -1; hypothesis < clusters.length; hypothesis++) {
    const rightCluster = hypothesis < 0 ? null : clusters[hypothesis]!
    const chance = urn(observed, rightCluster, theta)
    let total = 0
    for (let node = 0; node < nodes.length; node++) {
      let product = weights[node]! * chance
      for (const { candidate, cluster, evidence } of observed) {
        const right = rights[candidate]![node]!
        const odds = Math.exp(evidence)
        if (cluster === null) product *= right * odds + 1 - right
        else product *= cluster === rightCluster ? right * odds : 1 - right
      }
      byNode[node]! += product
      total += product
    }
    if (hypothesis >= 0) chances[hypothesis] = total
    likelihood += total
  }
  const right = Float64Array.from(rights, (own) => {
    let sum = 0
    for (let node = 0; node < nodes.length; node++) sum += own[node]! * byNode[node]!
    return sum / likelihood
  })
  for (const { candidate, cluster, evidence } of observed)
    right[candidate] =
      cluster === null
        ? uncompared(rights[candidate]!, byNode, evidence) / likelihood
        : chances[clusters.indexOf(cluster)]! / likelihood
  return { right, likelihood }
}

/** The share of each node's mass in which an answer that can't be compared is right. */
function uncompared(right: Float64Array, byNode: Float64Array, evidence: number): number {
  const odds = Math.exp(evidence)
  return right.reduce((sum, own, node) => sum + (byNode[node]! * own * odds) / (own * odds + 1 - own), 0)
}

/** Probability that the wrong answers fall into their clusters. It does not depend on their order. */
function urn(observed: readonly Observed[], rightCluster: number | null, theta: number): number {
  const sizes = new Map<number, number>()
  let wrong = 0
  let probability = 1
  for (const { cluster } of observed) {
    if (cluster === null || cluster === rightCluster) continue
    const size = sizes.get(cluster) ?? 0
    if (wrong > 0) probability *= (size === 0 ? theta : size) / (wrong + theta)
    sizes.set(cluster, size + 1)
    wrong++
  }
  return probability
}
