/** Credentials for MCP servers behind OAuth that need no person at a browser: the SDK finds the server, asks and asks again. */

import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { unreachable } from '../domain/unreachable.ts'
import type { McpOAuth } from './settings.ts'

/** Tokens are kept in memory alone; every connection to one server shares them. */
export function oauthProvider({
  clientId,
  clientSecret,
  issuer,
  scope,
  grant,
}: McpOAuth): OAuthClientProvider {
  let tokens: OAuthTokens | undefined
  return {
    redirectUrl: undefined,
    clientMetadata: {
      client_name: 'fairlead',
      redirect_uris: [],
      grant_types: [grant.kind === 'refresh-token' ? 'refresh_token' : 'client_credentials'],
      token_endpoint_auth_method: clientSecret === null ? 'none' : 'client_secret_basic',
      ...(scope !== null && { scope }),
    },
    clientInformation: () => ({
      client_id: clientId,
      issuer,
      ...(clientSecret !== null && { client_secret: clientSecret.reveal() }),
    }),
    tokens: () => tokens,
    saveTokens: (granted) => {
      // A server that grants no new refresh token means the old one to be used again.
      tokens =
        tokens?.refresh_token === undefined ? granted : { refresh_token: tokens.refresh_token, ...granted }
    },
    invalidateCredentials: (which) => {
      if (which === 'all' || which === 'tokens') tokens = undefined
    },
    prepareTokenRequest: (asked) => {
      const parameters = new URLSearchParams()
      const wanted = asked ?? scope
      if (wanted !== null && wanted !== undefined) parameters.set('scope', wanted)
      switch (grant.kind) {
        case 'client-credentials':
          parameters.set('grant_type', 'client_credentials')
          return parameters
        case 'refresh-token':
          parameters.set('grant_type', 'refresh_token')
          parameters.set('refresh_token', tokens?.refresh_token ?? grant.token.reveal())
          return parameters
        default:
          return unreachable(grant)
      }
    },
    redirectToAuthorization: () => {
      throw new Error('the authorization server wants a person at a browser, and there is none')
    },
    saveCodeVerifier: () => {},
    codeVerifier: () => {
      throw new Error('the authorization server wants a person at a browser, and there is none')
    },
  }
}
