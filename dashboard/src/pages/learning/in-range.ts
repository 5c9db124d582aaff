/** A bound of a normal interval may lie beyond what a share can be: nothing is drawn there. */
export const inRange = (share: number): number => Math.min(1, Math.max(0, share))
