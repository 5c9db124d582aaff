/** The name of Fairlead's own tools among servers: no other may have it. */
export const ownServer = 'fairlead'
