import type { Request } from '../domain/request.ts'
import type { Structure, TaskType } from '../domain/signals.ts'

/**
 * What a request asks for. Plain words decide where there are any (an instruction stands at one end of a prompt), structure
 * where it is telling, and the trained head for the rest.
 */
export function taskType(
  request: Request,
  text: string,
  structure: Structure,
  learned: () => TaskType,
): TaskType {
  if (request.tools.length > 0 && request.toolChoice?.kind !== 'none') return 'tool-use'
  const said = `${text.slice(0, endChars)}\n${text.length > endChars ? text.slice(-endChars) : ''}`
  for (const [task, pattern] of instructions) if (pattern.test(said)) return task
  if (request.responseFormat.kind !== 'text') return 'extraction'
  if (structure.codeShare > 0.4) return 'code'
  return learned()
}

const endChars = 320

// In order: a prompt that asks to translate a story is a translation.
const instructions: readonly (readonly [TaskType, RegExp])[] = [
  [
    'translation',
    /\btranslat(?:e|ion)\b[^.?!]{0,80}\b(?:in)?to\b|\btranslate (?:the|this|these|following|it)\b|übersetz|\btradui[srt]|\btraduc(?:e|ir|i|ción|cion)\b|\btraduz|\btradu[czr]re\b|翻译|翻譯|翻訳|перевед/i,
  ],
  [
    'summarisation',
    /\b(?:summari[sz]e|summary of|tl;?dr|give (?:me )?the gist|key takeaways)\b|zusammenfass|\bfass[et]?\b[^.?!]{0,80}\bzusammen\b|\brésum(?:e[rz]?|é de)\s|\bresum(?:e|en|ir) (?:de|del|el|la|los|las|est[aeo]s?)\b|总结|總結|要約/i,
  ],
  [
    'rewriting',
    /\b(?:rewrite|rephrase|paraphrase|proofread|reword|polish (?:this|the|my)|(?:fix|correct) (?:the |my |any )?(?:grammar|spelling|typos)|make (?:this|it) (?:sound )?(?:more |less )?(?:formal|friendly|concise|shorter|polite))\b/i,
  ],
  [
    'classification',
    /\b(?:classify|categori[sz]e|label (?:the|this|each)|sentiment of|(?:positive|negative)(?:,| or) (?:negative|positive|neutral)|which (?:category|class|label|intent)|(?:is|does) (?:this|the following) (?:review|tweet|email|message|text)\b[^?]{0,60}\b(?:spam|positive|negative|toxic|sarcastic))\b/i,
  ],
  [
    'extraction',
    /\b(?:extract|pull out|list (?:all|every) (?:the )?(?:names?|dates?|emails?|entities|places|companies|people|numbers?)|find (?:all|every) (?:the )?(?:names?|dates?|emails?|entities)|(?:return|as|into|in) (?:valid )?json)\b/i,
  ],
  [
    'code',
    /\b(?:write|implement|create|fix|debug|refactor|optimi[sz]e|complete|generate|convert)\b[^.?!\n]{0,60}\b(?:function|class|script|program|code|method|query|regex|unit tests?|api|component|python|javascript|typescript|java|rust|golang|sql|html|css|bash|c\+\+)\b|\b(?:traceback|stack trace|compile error|segfault|TypeError|SyntaxError|NullPointerException)\b/i,
  ],
  [
    'math',
    /\b(?:prove that|show that|solve (?:for|the (?:equation|system|inequality))|simplif(?:y|ied)|factori[sz]e|(?:compute|calculate|evaluate|find) the (?:value|sum|product|integral|derivative|limit|area|volume|probability|remainder|determinant))\b|\d\s*[-+*×÷/^]\s*\d+\s*[=?]|\\(?:frac|int|sum|sqrt)\b/i,
  ],
  [
    'creative',
    /\b(?:write|compose|create|tell|make up|draft)\b[^.?!\n]{0,40}\b(?:poem|story|song|lyrics|haiku|limerick|sonnet|joke|tale|screenplay|dialogue|fairy ?tale|novel|slogan)\b/i,
  ],
]
