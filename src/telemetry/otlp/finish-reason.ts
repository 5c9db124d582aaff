/** Fairlead's words for why an answer ended, in those of the conventions. */
export const finishReason = (kind: string): string => {
  switch (kind) {
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    default:
      return kind
  }
}
