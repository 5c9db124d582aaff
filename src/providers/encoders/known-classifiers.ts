/**
 * Classifiers of other routers, with the names of their classes in order: their own files only number them.
 * RouteLLM: `routellm/routers/routers.py`, whose win rate of the strong model is 1 less the last two (a tie, and a win of the
 * weak one). vLLM Semantic Router: `ft_linear_lora.py` (domains of MMLU-Pro) and the registry of its models.
 */
export const knownClassifierLabels: Readonly<Record<string, readonly string[]>> = {
  'routellm/bert_gpt4_augmented': ['strong-wins', 'tie', 'weak-wins'],
  'vllm-sr/mmbert32k-intent-classifier-merged': [
    'biology',
    'business',
    'chemistry',
    'computer science',
    'economics',
    'engineering',
    'health',
    'history',
    'law',
    'math',
    'other',
    'philosophy',
    'physics',
    'psychology',
  ],
  'vllm-sr/mmbert32k-jailbreak-detector-merged': ['benign', 'jailbreak'],
  'vllm-sr/jailbreak_classifier_modernbert-base_model': ['benign', 'jailbreak'],
}
