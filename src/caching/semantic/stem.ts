/** An English word without its endings and with one spelling: near enough to compare by, and never two words that differ by more. */

import { synonyms } from './lexicon.ts'

export function stem(word: string): string {
  const known = synonyms.get(word)
  if (known !== undefined) return known
  const base = oneSpelling(withoutEnding(withoutPlural(word)))
  return synonyms.get(base) ?? base
}

function withoutPlural(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(ss|us|is)$/.test(word)) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(x|ch|sh|ss|zz|oe)es$/.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}

function withoutEnding(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return verb(word.slice(0, -3), word)
  if (word.length > 4 && word.endsWith('ed') && !word.endsWith('eed')) return verb(word.slice(0, -2), word)
  return word
}

/** The infinitive of what is left of a verb: reset-t, mak-e, updat-e. */
function verb(rest: string, word: string): string {
  if (!/[aeiouy]/.test(rest)) return word
  if (/([bdfgmnprt])\1$/.test(rest)) return rest.slice(0, -1)
  if (/^[^aeiou]*[aeiou][^aeiouwxy]$/.test(rest)) return `${rest}e`
  if (/([iu]z|is|at|iv|uc|dg|rg|nc|rv|ur|as)$/.test(rest)) return `${rest}e`
  return rest
}

const oneSpelling = (word: string): string =>
  word.length < 5
    ? word
    : word
        .replace(/([^aeiou])is(e|ation)$/, '$1iz$2')
        .replace(/([^ao])our$/, '$1or')
        .replace(/tre$/, 'ter')
