// openid-client as a relying party: one JSON question a line in, one JSON answer a line out; what it refuses is {"error"}.

import { createInterface } from 'node:readline'
import { createPrivateKey } from 'node:crypto'

const client = await import(`${process.env.NODE_MODULES}/openid-client/build/index.js`)

let config
let asked
let tokens

async function privateKey({ pem, alg, kid }) {
  const algorithm = {
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    EdDSA: { name: 'Ed25519' },
  }[alg]
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return { key: await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), kid }
}

async function authentication({ method, secret, key }) {
  switch (method) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(secret)
    case 'client_secret_post':
      return client.ClientSecretPost(secret)
    case 'client_secret_jwt':
      return client.ClientSecretJwt(secret)
    case 'private_key_jwt':
      return client.PrivateKeyJwt(await privateKey(key))
    case 'none':
      return client.None()
  }
}

const learnt = async () => ({
  claims: tokens.claims(),
  scope: tokens.scope,
  has_refresh_token: tokens.refresh_token !== undefined,
  userinfo: await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub),
})

const verbs = {
  async discover({ issuer, client_id, metadata, auth }) {
    config = await client.discovery(new URL(issuer), client_id, metadata, await authentication(auth))
    return config.serverMetadata()
  },

  async register({ issuer, metadata, auth, token }) {
    const chosen = auth && (await authentication(auth))
    config = await client.dynamicClientRegistration(new URL(issuer), metadata, chosen, { initialAccessToken: token })
    return config.clientMetadata()
  },

  async authorize({ params, response_type, request_key }) {
    if (response_type === 'code id_token') client.useCodeIdTokenResponseType(config)
    if (response_type === 'id_token') client.useIdTokenResponseType(config)
    asked = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() }
    const all = { ...params, state: asked.state, nonce: asked.nonce }
    if (response_type !== 'id_token') {
      all.code_challenge = await client.calculatePKCECodeChallenge(asked.verifier)
      all.code_challenge_method = 'S256'
    }
    const url = request_key
      ? await client.buildAuthorizationUrlWithJAR(config, all, await privateKey(request_key))
      : client.buildAuthorizationUrl(config, all)
    return { url: url.href }
  },

  // What came back: the URL of a redirect, or the fields of a form.
  async callback({ url, form, max_age }) {
    const came = form
      ? new Request(url, { method: 'POST', body: new URLSearchParams(form) })
      : new URL(url)
    const checks = {
      expectedState: asked.state,
      expectedNonce: asked.nonce,
      pkceCodeVerifier: asked.verifier,
      maxAge: max_age,
      idTokenExpected: true,
    }
    tokens = await client.authorizationCodeGrant(config, came, checks)
    return learnt()
  },

  async implicit({ url }) {
    return client.implicitAuthentication(config, new URL(url), asked.nonce, { expectedState: asked.state })
  },

  async refresh() {
    const before = tokens
    tokens = await client.refreshTokenGrant(config, tokens.refresh_token)
    tokens.refresh_token ??= before.refresh_token
    return learnt()
  },

  async client_credentials({ params }) {
    const { access_token, ...rest } = await client.clientCredentialsGrant(config, params)
    return { ...rest, introspection: await client.tokenIntrospection(config, access_token) }
  },

  async introspect() {
    return client.tokenIntrospection(config, tokens.access_token)
  },

  async revoke() {
    await client.tokenRevocation(config, tokens.refresh_token)
    return client.tokenIntrospection(config, tokens.access_token)
  },

  async end_session({ params }) {
    return { url: client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, ...params }).href }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  let answer
  try {
    answer = await verbs[question.do](question)
  } catch (error) {
    const causes = []
    for (let cause = error; cause; cause = cause.cause) causes.push(cause.message ?? String(cause))
    answer = { error: causes.join(': '), code: error.code, oauth: error.error }
  }
  console.log(JSON.stringify(answer))
}
