//! Clients that sign in, redeem, refresh and revoke until the daemon dies, and remember what was acknowledged.

use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde_json::Value;

use crate::{
    store::ledger::Chance,
    support::{App, Browser, SignIn},
};

/// The daemon died before it answered: whether it did what was asked, nobody knows.
pub struct Died;

/// What one worker was told.
#[derive(Default)]
pub struct Ledger {
    /// Cookies of sessions that began.
    pub sessions: Vec<String>,
    /// Codes that were redeemed, and what became of their tokens.
    pub families: Vec<Family>,
    /// A code that was sent to be redeemed when the daemon died.
    pub doubtful_code: Option<(SignIn, String)>,
}

/// The tokens of one code.
pub struct Family {
    pub sign_in: SignIn,
    pub code: String,
    /// Refresh tokens that have a successor.
    pub rotated: Vec<String>,
    /// The last refresh token that was acknowledged.
    pub refresh: String,
    /// The access token that came with it.
    pub access: String,
    pub state: State,
}

/// What is known of the last refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    /// It was being rotated or revoked when the daemon died.
    Doubtful,
    Revoked,
    /// Its access token alone was revoked.
    AccessRevoked,
}

/// One client program with its end-user's browser.
pub struct Worker {
    app: App,
    http: Client,
    binding: String,
    csrf: String,
    chance: Chance,
    ledger: Ledger,
}

impl Worker {
    /// Opens the sign-in page.
    pub async fn begin(app: App, chance: Chance) -> Self {
        let page = Browser::new(&app.issuer).get("/login").await;
        let cookie = page.header("set-cookie");
        Self {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            binding: cookie.split(';').next().unwrap().to_owned(),
            csrf: page.form().fields["csrf"].clone(),
            app,
            chance,
            ledger: Ledger::default(),
        }
    }

    pub async fn work_until_the_daemon_dies(mut self) -> Ledger {
        while self.visit().await.is_ok() {}
        self.ledger
    }

    /// A person signs in once and uses the application a few times.
    async fn visit(&mut self) -> Result<(), Died> {
        let fields = [
            ("csrf", self.csrf.as_str()),
            ("username", "alice"),
            ("password", "correct horse"),
        ];
        let url = format!("{}/login", self.app.issuer);
        let answer = sent(self.http.post(url).header("cookie", &self.binding).form(&fields)).await?;
        assert!(answer.status().is_redirection(), "{}", answer.status());
        let cookies = answer.headers().get_all("set-cookie").iter();
        let session = cookies
            .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
            .find(|cookie| cookie.starts_with("avouch_session="))
            .expect("a session");
        self.ledger.sessions.push(session.clone());
        for _ in 0..4 {
            let sign_in = self.app.begin("openid offline_access", &[]);
            let code = self.code(&sign_in, &session).await?;
            self.ledger.doubtful_code = Some((sign_in.clone(), code.clone()));
            let answer = self.redeem(&sign_in, &code).await?;
            self.ledger.doubtful_code = None;
            let mut family = Family::new(sign_in, code, &answer);
            let outcome = self.use_tokens(&mut family).await;
            self.ledger.families.push(family);
            outcome?;
        }
        Ok(())
    }

    async fn code(&self, sign_in: &SignIn, session: &str) -> Result<String, Died> {
        let cookies = format!("{}; {session}", self.binding);
        let answer = sent(self.http.get(&sign_in.url).header("cookie", cookies)).await?;
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let location = url::Url::parse(&location).unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code");
        Ok(code.unwrap_or_else(|| panic!("{location}")).1.into_owned())
    }

    async fn redeem(&self, sign_in: &SignIn, code: &str) -> Result<Value, Died> {
        let params = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.app.redirect_uri),
            ("code_verifier", &sign_in.code_verifier),
        ];
        self.post("/token", &params).await
    }

    /// Some refreshes, and then perhaps a revocation.
    async fn use_tokens(&mut self, family: &mut Family) -> Result<(), Died> {
        for _ in 0..self.chance.below(4) {
            family.state = State::Doubtful;
            let params = [
                ("grant_type", "refresh_token"),
                ("refresh_token", family.refresh.as_str()),
            ];
            let answer = self.post("/token", &params).await?;
            family.rotate(&answer);
            family.state = State::Live;
        }
        let (token, state) = match self.chance.below(4) {
            0 => (&family.refresh, State::Revoked),
            1 => (&family.access, State::AccessRevoked),
            _ => return Ok(()),
        };
        family.state = State::Doubtful;
        self.post("/revoke", &[("token", token)]).await?;
        family.state = state;
        Ok(())
    }

    async fn post(&self, path: &str, params: &[(&str, &str)]) -> Result<Value, Died> {
        let request = self.http.post(format!("{}{path}", self.app.issuer));
        let request = request.basic_auth(&self.app.client_id, self.app.client_secret.as_ref());
        let answer = sent(request.form(params)).await?;
        let status = answer.status();
        let body = answer.text().await.map_err(|_| Died)?;
        assert_eq!(status, StatusCode::OK, "{path} {params:?} {body}");
        Ok(serde_json::from_str(&body).unwrap_or_default())
    }
}

async fn sent(request: RequestBuilder) -> Result<Response, Died> {
    request.send().await.map_err(|_| Died)
}

impl Family {
    /// The tokens of a code that was redeemed just now.
    pub fn new(sign_in: SignIn, code: String, answer: &Value) -> Self {
        Self {
            sign_in,
            code,
            rotated: Vec::new(),
            refresh: text(answer, "refresh_token"),
            access: text(answer, "access_token"),
            state: State::Live,
        }
    }

    /// Takes the successors.
    pub fn rotate(&mut self, answer: &Value) {
        self.rotated
            .push(std::mem::replace(&mut self.refresh, text(answer, "refresh_token")));
        self.access = text(answer, "access_token");
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {answer}"))
        .to_owned()
}
