/** Stands for the base URL of a vendor whose package knows it. `.invalid` never resolves (RFC 2606): nothing is sent there. */
export const packageUrl = (name: string): string => `https://ai-sdk.invalid/${name}`
