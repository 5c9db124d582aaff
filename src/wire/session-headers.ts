/** Headers by which agents and client libraries name a conversation, the most exact first. */
export const sessionHeaders = [
  'x-session-id',
  'x-session-affinity',
  'x-claude-code-session-id',
  'session_id',
  'session-id',
  'conversation_id',
] as const
