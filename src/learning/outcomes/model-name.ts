/**
 * Names of one model differ between files by publisher (`org/name`, `org_name`), host (`name@host`, `name:tag`), call mode
 * (`name-FC`), case and punctuation. The key is what is left: runs of letters and of digits, so that `llama3-70b` and
 * `Llama-3-70B`, `haiku-4.5` and `haiku-4-5` are one. Dates and sizes stay, because prices differ by them.
 */
export function modelKey(name: string): string {
  let rest = name.toLowerCase()
  rest = rest.slice(rest.lastIndexOf('/') + 1)
  rest = rest.replace(/[@:].*$/, '')
  // A publisher joined by `_` has no digit and is followed by a letter; in `llama-3_1` the `_` is a decimal point.
  rest = rest.replace(/^[a-z-]+_(?=[a-z])/, '')
  rest = rest.replace(/-fc(-any|-auto)?$/, '')
  return (rest.match(/[a-z]+|\d+/g) ?? []).join('-')
}

/** The key without its first word, for a publisher written into the name (`meta-llama-…`); `null` where that says too little. */
export function withoutFirstWord(key: string): string | null {
  const shorter = key.replace(/^[a-z]+-/, '')
  return shorter !== key && /^[a-z]+-\d/.test(shorter) ? shorter : null
}
