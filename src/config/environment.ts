/** What Fairlead reads of the environment: variables that are set and not empty. Nothing else reads `process.env`. */
export type Environment = { readonly get: (variable: string) => string | null }

/** A copy: a later change of the environment is not seen. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(variables)) {
    const text = value?.trim()
    if (text) found.set(name, text)
  }
  return { get: (variable) => found.get(variable) ?? null }
}

export type Expanded =
  | { readonly kind: 'expanded'; readonly text: string }
  | { readonly kind: 'missing'; readonly variables: readonly string[] }

const wholeReference = /^env:([A-Za-z_]\w*)$/
const reference = /\$\{([A-Za-z_]\w*)\}/g

/** Puts in the variables that a text names, as `env:NAME` (the whole text) or `${NAME}` (anywhere in it). */
export function expand(text: string, environment: Environment): Expanded {
  const missing: string[] = []
  const take = (variable: string) => {
    const value = environment.get(variable)
    if (value === null) missing.push(variable)
    return value ?? ''
  }
  const whole = wholeReference.exec(text.trim())
  const expanded = whole ? take(whole[1]!) : text.replace(reference, (_, variable: string) => take(variable))
  return missing.length > 0 ? { kind: 'missing', variables: missing } : { kind: 'expanded', text: expanded }
}
