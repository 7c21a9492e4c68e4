//! `serve --demo`: a user with a known password, two clients, and a relying party on the daemon's own pages.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{
    Error, Idp, Result,
    admin::{AdminCommand, NewClient, NewUser},
    client_auth::Caller,
};
use crate::{
    model::{client::Client, user::User},
    protocol::{
        access_token,
        client::{ClientMetadata, ConsentPolicy, GrantType, TokenEndpointAuthMethod},
        id_token,
        params::Params,
        scope::Scope,
    },
    secret::{self, Secret},
};

/// The demo user's name.
pub const USERNAME: &str = "demo";
/// The demo user's password, for everybody to see.
pub const PASSWORD: &str = "demonstration";
/// The relying party.
pub const CLIENT_ID: &str = "avouch-demo";
/// A client without an end-user.
pub const MACHINE_CLIENT_ID: &str = "avouch-demo-machine";
/// The machine's secret, for everybody to see.
pub const MACHINE_SECRET: &str = "demonstration-secret";

const SCOPE: &str = "openid profile email offline_access";

/// One sign-in of the demo relying party; travels in a sealed cookie.
pub struct DemoSignIn {
    /// The cookie's value.
    pub sealed: String,
    /// The parameters of the authorization request.
    pub query: String,
}

/// What the demo relying party learned.
pub struct DemoClaims {
    /// The verified ID token's claims.
    pub id_token: Map<String, Value>,
    /// The verified access token's claims.
    pub access_token: Map<String, Value>,
    /// The ID token, for signing out.
    pub id_token_hint: String,
}

impl Idp {
    /// Makes what the demo shows, or takes it away: a known password must not outlive the demo.
    pub async fn set_demo(&self, on: bool, redirect_uri: &str, home: &str) -> Result<()> {
        for client_id in [CLIENT_ID, MACHINE_CLIENT_ID] {
            if self.store.get::<Client>(client_id, self.now()).await?.is_some() {
                self.client_remove_for_demo(client_id).await?;
            }
        }
        if self
            .store
            .find::<User>("login", USERNAME, self.now())
            .await?
            .is_some_and(|user| is_demo_user(&user))
        {
            self.command(AdminCommand::UserRemove {
                user: USERNAME.to_owned(),
            })
            .await?;
        }
        if !on {
            return Ok(());
        }
        self.command(AdminCommand::UserAdd(demo_user())).await?;
        self.command(AdminCommand::ClientAdd(Box::new(web_client(redirect_uri, home))))
            .await?;
        self.command(AdminCommand::ClientAdd(Box::new(machine_client())))
            .await?;
        Ok(())
    }

    async fn client_remove_for_demo(&self, client_id: &str) -> Result<()> {
        self.command(AdminCommand::ClientRemove {
            client_id: client_id.to_owned(),
        })
        .await
    }

    async fn command(&self, command: AdminCommand) -> Result<()> {
        self.execute(command).await.map(drop).map_err(Error::internal)
    }

    /// Begins a sign-in as any relying party would: state, nonce and PKCE, kept where only this daemon can read them.
    pub fn demo_begin(&self, redirect_uri: &str) -> Result<DemoSignIn> {
        let [state, nonce, verifier] = [secret::random(), secret::random(), secret::random()];
        let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()));
        let kept = json!({"state": state, "nonce": nonce, "verifier": verifier}).to_string();
        let sealed = self.master.seal("demo sign-in", CLIENT_ID, kept.as_bytes())?;
        let params: Params = [
            ("client_id", CLIENT_ID),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .into_iter()
        .collect();
        Ok(DemoSignIn {
            sealed,
            query: params.to_query(),
        })
    }

    /// Ends a sign-in: checks the answer, redeems the code at the token endpoint's own function, and verifies both tokens.
    pub async fn demo_finish(&self, answer: &Params, sealed: &str, redirect_uri: &str) -> Result<DemoClaims> {
        let refuse = |message: &str| Error::Invalid {
            field: "demo",
            message: message.into(),
        };
        let opened = self
            .master
            .open("demo sign-in", CLIENT_ID, sealed)
            .map_err(|_| refuse("The sign-in was not started here."))?;
        let kept: Value = serde_json::from_slice(opened.expose()).map_err(Error::internal)?;
        let kept = |name: &str| kept[name].as_str().unwrap_or_default();
        if answer.get("state") != Some(kept("state")) || answer.get("iss") != Some(self.issuer()) {
            return Err(refuse("state or iss of the answer is not what was sent."));
        }
        if let Some(error) = answer.get("error") {
            return Err(refuse(&format!(
                "{error}: {}",
                answer.get("error_description").unwrap_or_default()
            )));
        }
        let request: Params = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", answer.require("code")?),
            ("redirect_uri", redirect_uri),
            ("code_verifier", kept("verifier")),
        ]
        .into_iter()
        .collect();
        let response = self.token(&Caller::default(), &request).await?;
        let id_token_hint = response.id_token.ok_or_else(|| refuse("There is no ID token."))?;
        let verified = |token: &str, typ| {
            self.keys()
                .verify(token, typ)
                .map_err(|_| refuse("A token does not verify."))
        };
        let id_token = verified(&id_token_hint, id_token::TYP)?;
        if id_token.get("nonce").and_then(Value::as_str) != Some(kept("nonce")) {
            return Err(refuse("The ID token is for another sign-in."));
        }
        Ok(DemoClaims {
            id_token,
            access_token: verified(&response.access_token, access_token::TYP)?,
            id_token_hint,
        })
    }
}

fn is_demo_user(user: &User) -> bool {
    user.email.as_deref() == Some("demo@demo.invalid")
}

fn demo_user() -> NewUser {
    let claims = json!({"name": "Demo Person", "given_name": "Demo", "family_name": "Person", "locale": "en",
        "software_background": "intermediate", "hardware_tier": "tier2"});
    NewUser {
        username: USERNAME.to_owned(),
        email: Some("demo@demo.invalid".to_owned()),
        email_verified: true,
        role: None,
        password: Some(Secret::new(PASSWORD.to_owned())),
        claims: claims.as_object().cloned().unwrap_or_default(),
        ..NewUser::default()
    }
}

fn web_client(redirect_uri: &str, home: &str) -> NewClient {
    NewClient {
        client_id: Some(CLIENT_ID.to_owned()),
        client_secret: None,
        metadata: ClientMetadata {
            client_name: "Demo application".to_owned(),
            redirect_uris: vec![redirect_uri.to_owned()],
            post_logout_redirect_uris: vec![home.to_owned()],
            token_endpoint_auth_method: Some(TokenEndpointAuthMethod::None),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scope: Scope::parse(SCOPE).unwrap_or_default(),
            consent: ConsentPolicy::Required,
            claims_in_id_token: true,
            ..ClientMetadata::default()
        },
    }
}

fn machine_client() -> NewClient {
    NewClient {
        client_id: Some(MACHINE_CLIENT_ID.to_owned()),
        client_secret: Some(Secret::new(MACHINE_SECRET.to_owned())),
        metadata: ClientMetadata {
            client_name: "Demo machine".to_owned(),
            grant_types: vec![GrantType::ClientCredentials],
            response_types: Vec::new(),
            scope: Scope::parse("demo:read").unwrap_or_default(),
            ..ClientMetadata::default()
        },
    }
}
