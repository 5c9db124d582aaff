/**
 * Values in a request hint at the parameters that take them: who gives an address of the web asks for a tool that has one as
 * an argument. Each kind of value is a term of its own, found in requests by its form and in tools by name, format or words.
 */

type ValueKind = { readonly term: string; readonly value: RegExp; readonly parameter: RegExp }

// Whatever is found must be found in linear time: every repetition is bounded or of one class of characters.
const kinds: readonly ValueKind[] = [
  {
    term: '#url',
    value: /\bhttps?:\/\/\S|\bwww\.\w/i,
    parameter: /\b(?:ur[li]|link|website|webpage|endpoint|domain)s?\b/i,
  },
  {
    term: '#email',
    value: /\w@\w[\w-]{0,62}\.\w/,
    parameter: /\be?-?mails?\b|\brecipients?\b|\battendees?\b/i,
  },
  {
    term: '#date',
    value:
      /\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|\b(?:today|tomorrow|yesterday|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next week|last week)\b/i,
    parameter: /\bdates?\b|\bdays?\b|\bdeadline\b|\bdue\b|\bwhen\b|\bstart\b|\byyyy\b/i,
  },
  {
    term: '#time',
    value: /\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b\d{1,2}:\d\d\b|\bnoon\b|\bmidnight\b/i,
    parameter: /\btimes?\b|\bhours?\b|\bdatetime\b/i,
  },
  {
    term: '#path',
    value:
      /(?:^|[\s'"`(])(?:~|\.{1,2})?\/[\w.-]+\/?[\w.-]|\b\w+\.(?:txt|md|json|csv|pdf|py|ts|js|png|jpg|log|yaml|yml|xml|html|docx?|xlsx?)\b|\b[A-Z]:\\/i,
    parameter: /\bpaths?\b|\bfile ?names?\b|\bfiles?\b|\bdirectory\b|\bfolder\b/i,
  },
  {
    term: '#money',
    value: /[$€£¥]\s?\d|\b\d[\d,.]{0,15} ?(?:dollars?|euros?|usd|eur|gbp|pounds|yen)\b/i,
    parameter: /\bamount\b|\bprice\b|\bbudget\b|\bcurrency\b|\bcost\b|\bpayment\b|\bprincipal\b|\bbalance\b/i,
  },
  {
    term: '#coordinates',
    value: /-?\d{1,3}\.\d{2,}[°\sNSEW]{0,4},? ?(?:and )?(?:longitude )?-?\d{1,3}\.\d{2,}|\blatitude\b/i,
    parameter: /\blatitude\b|\blongitude\b|\bcoordinates?\b|\blat\b|\blng\b|\blon\b/i,
  },
  {
    term: '#phone',
    value: /\+\d[\d ()-]{6,18}\d|\b\d{3}-\d{3}-\d{4}\b/,
    parameter: /\bphone\b|\bmobile\b|\bsms\b/i,
  },
  {
    term: '#place',
    value: /\b(?:in|to|from|near|at) [A-Z][a-z]+(?:,? [A-Z]|\b)/,
    parameter:
      /\bcity\b|\blocation\b|\bcountry\b|\bplace\b|\borigin\b|\bdestination\b|\bstate\b|\baddress\b/i,
  },
  {
    term: '#numbers',
    value: /\[\s*-?\d|\b\d+(?:\.\d+)?, ?\d+(?:\.\d+)?,/,
    parameter: /\bnumbers\b|\bvalues\b|\bdata ?set\b|\bdata\b|\blist of\b|\barray\b/i,
  },
  { term: '#sql', value: /\bselect\b[^;]{1,80}\bfrom\b/i, parameter: /\bsql\b|\bquery\b|\bstatement\b/i },
]

export const valueTerms = (text: string): readonly string[] =>
  kinds.flatMap(({ term, value }) => (value.test(text) ? [term] : []))

/** @param parameter its name taken apart, its format and its description */
export const parameterTerms = (parameter: string): readonly string[] =>
  kinds.flatMap(({ term, parameter: pattern }) => (pattern.test(parameter) ? [term] : []))
