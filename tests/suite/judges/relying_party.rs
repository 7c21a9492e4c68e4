//! The `openidconnect` crate as a relying party: it believes nothing that it has not verified itself.

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IntrospectionUrl, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl,
    RevocationUrl, Scope, TokenIntrospectionResponse, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use reqwest::{Client, redirect::Policy};

use crate::support::{App, Authority, Browser, Daemon, app::REDIRECT_URI};

type Discovered = CoreClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A relying party over TLS: the crate revokes over nothing else.
struct RelyingParty {
    daemon: Daemon,
    browser: Browser,
    http: Client,
    client: Discovered,
}

impl RelyingParty {
    async fn new(options: &[&str]) -> Self {
        let authority = Authority::new();
        let daemon = authority.daemon();
        daemon.add_user("alice", "correct horse", &[]);
        let app = App::with(&daemon, options);
        let http = authority.client().redirect(Policy::none()).build().unwrap();
        let issuer = IssuerUrl::new(daemon.issuer.clone()).unwrap();
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.unwrap();
        // The crate's metadata type has no place for these two: they stand in the document all the same.
        let document: serde_json::Value = http
            .get(daemon.url("/.well-known/openid-configuration"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let url = |name: &str| document[name].as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(app.client_id.clone()),
            app.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
        .set_introspection_url(IntrospectionUrl::new(url("introspection_endpoint")).unwrap())
        .set_revocation_url(RevocationUrl::new(url("revocation_endpoint")).unwrap());
        Self {
            browser: Browser::with(&daemon.issuer, authority.client()),
            daemon,
            http,
            client,
        }
    }

    /// The code flow with PKCE, up to verified tokens.
    async fn sign_in(&self) -> (CoreTokenResponse, Nonce) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let begin = self.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = ["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned()));
        let (url, state, nonce) = begin.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let page = self.browser.get(url.as_str()).await;
        let mut page = self.browser.sign_in(&page, "alice", "correct horse").await;
        if page.body.contains("consent-allow") {
            page = self.browser.submit(&page, &[("decision", "allow")]).await;
        }
        assert_eq!(page.redirect_param("state").as_ref(), Some(state.secret()));
        let code = AuthorizationCode::new(page.redirect_param("code").unwrap());
        let request = self.client.exchange_code(code).unwrap().set_pkce_verifier(verifier);
        (request.request_async(&self.http).await.unwrap(), nonce)
    }

    /// Signature, issuer, audience, expiry and nonce of the ID token; and its hash of the access token, when it has one.
    fn verify(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> String {
        let verifier = self.client.id_token_verifier();
        let id_token = tokens.id_token().unwrap();
        let claims = id_token.claims(&verifier, nonce).unwrap();
        if let Some(told) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().unwrap();
            assert_eq!(algorithm, &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256);
            let key = id_token.signing_key(&verifier).unwrap();
            let own = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
            assert_eq!(&own, told);
        }
        let wrong = Nonce::new("of another sign-in".to_owned());
        assert!(id_token.claims(&verifier, &wrong).is_err());
        assert_eq!(claims.email().map(|email| email.as_str()), Some("alice@example.com"));
        claims.subject().to_string()
    }
}

#[tokio::test]
async fn an_independent_relying_party_discovers_signs_in_and_verifies() {
    for options in [&["--at-hash"][..], &["--public", "--first-party"]] {
        let party = RelyingParty::new(options).await;
        let (tokens, nonce) = party.sign_in().await;
        let sub = party.verify(&tokens, &nonce);
        let subject = Some(openidconnect::SubjectIdentifier::new(sub));
        let request = party.client.user_info(tokens.access_token().clone(), subject).unwrap();
        let claims: CoreUserInfoClaims = request.request_async(&party.http).await.unwrap();
        let email = claims.email().unwrap();
        assert_eq!(email.as_str(), "alice@example.com");
        assert_eq!(claims.email_verified(), Some(true));
        assert_eq!(claims.preferred_username().unwrap().as_str(), "alice");
        assert_eq!(claims.gender(), None::<&CoreGenderClaim>);
        assert!(party.daemon.issuer.starts_with("https:"));
    }
}

#[tokio::test]
async fn it_refreshes_introspects_and_revokes() {
    let party = RelyingParty::new(&["--first-party"]).await;
    let (tokens, _) = party.sign_in().await;
    let refresh_token = tokens.refresh_token().unwrap();
    let refreshed = party.client.exchange_refresh_token(refresh_token).unwrap();
    let refreshed = refreshed.request_async(&party.http).await.unwrap();
    // The ID token of a refresh has no nonce of its own to be held against (OpenID Connect Core, 12.2).
    let no_nonce = |nonce: Option<&Nonce>| nonce.map_or(Ok(()), |nonce| Err(format!("{nonce:?}")));
    let id_token = refreshed.id_token().unwrap();
    id_token.claims(&party.client.id_token_verifier(), no_nonce).unwrap();

    let is_active = async || {
        let request = party.client.introspect(refreshed.access_token());
        let answer = request.request_async(&party.http).await.unwrap();
        if answer.active() {
            assert_eq!(answer.client_id(), Some(party.client.client_id()));
            assert_eq!(answer.username(), Some("alice"));
        }
        answer.active()
    };
    assert!(is_active().await);
    let successor = refreshed.refresh_token().unwrap().clone();
    let request = party.client.revoke_token(CoreRevocableToken::from(successor)).unwrap();
    request.request_async(&party.http).await.unwrap();
    assert!(!is_active().await, "the refresh token took the access token with it");
    let request = party.client.user_info(refreshed.access_token().clone(), None).unwrap();
    let refused: Result<CoreUserInfoClaims, _> = request.request_async(&party.http).await;
    assert!(refused.is_err());
}
