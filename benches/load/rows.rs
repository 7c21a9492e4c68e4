//! The work that is measured, the same as that of the rivals.

use std::{cell::RefCell, net::SocketAddr, path::Path, rc::Rc, time::Duration};

use avouch::{
    model::user::User,
    protocol::{Timestamp, claims::StandardClaims},
    secret,
    store::{Changes, Options, Store},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use tempfile::TempDir;

use super::{
    daemon::{self, Server},
    generator::{CONNECTIONS, Connection, drive, get, post},
    table::Table,
};

const VERIFIER: &str = "a-verifier-a-verifier-a-verifier-a-verifier";
const REDIRECT: &str = "https%3A%2F%2Fapp.example%2Fcb";
const PASSWORD: &str = "correct horse";

/// A daemon with a user, clients and a session for each connection.
pub struct Bench {
    daemon: Server,
    idle: f64,
    span: Duration,
    _folder: TempDir,
    web: String,
    basic: String,
    machine: String,
    sessions: Vec<String>,
    form: (String, String),
}

impl Bench {
    pub async fn prepare(span: Duration) -> Self {
        let folder = TempDir::new().unwrap();
        let daemon = daemon::avouch(folder.path());
        let idle = daemon.mebibytes("VmRSS");
        let run = |arguments: &[&str], stdin| daemon::run(folder.path(), arguments, stdin);
        run(
            &[
                "user",
                "add",
                "alice",
                "--email",
                "alice@example.com",
                "--password-stdin",
            ],
            PASSWORD,
        );
        let web = run(
            &[
                "client",
                "add",
                "Web",
                "--first-party",
                "--redirect-uri",
                "https://app.example/cb",
            ],
            "",
        );
        let machine = run(
            &[
                "client",
                "add",
                "Machine",
                "--grant",
                "client_credentials",
                "--scope",
                "api:read",
            ],
            "",
        );
        let basic = |client: &serde_json::Value| {
            let pair = format!(
                "{}:{}",
                client["client_id"].as_str().unwrap(),
                client["client_secret"].as_str().unwrap()
            );
            format!("Authorization: Basic {}\r\n", STANDARD.encode(pair))
        };
        let mut bench = Self {
            idle,
            span,
            web: web["client_id"].as_str().unwrap().to_owned(),
            basic: basic(&web),
            machine: basic(&machine),
            sessions: Vec::new(),
            form: sign_in_form(daemon.address).await,
            daemon,
            _folder: folder,
        };
        for _ in 0..CONNECTIONS {
            let mut connection = Connection::open(bench.daemon.address).await;
            let answer = connection.send(&bench.sign_in()).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
            bench
                .sessions
                .push(answer.header("set-cookie").split(';').next().unwrap().to_owned());
        }
        bench
    }

    fn sign_in(&self) -> Vec<u8> {
        let (cookie, csrf) = &self.form;
        let body = format!("csrf={csrf}&username=alice&password=correct+horse");
        post("/login", &format!("Cookie: {cookie}\r\n"), &body)
    }

    /// Every row once, the limits among them.
    pub async fn round(&self, table: &mut Table) {
        let (address, span) = (self.daemon.address, self.span);
        let bare = {
            let actix = daemon::bare_actix();
            repeat(actix.address, span, get("/", ""), 200).await
        };
        let signatures = daemon::limit("sign");
        let hashes = daemon::limit("argon2");

        let discovery = get("/.well-known/openid-configuration", "");
        table.add(
            "discovery / s",
            "≥ 80 % of bare actix",
            repeat(address, span, discovery, 200).await,
            Some(bare),
        );
        let jwks = get("/.well-known/jwks.json", "");
        table.add(
            "JWKS / s",
            "≥ 80 % of bare actix",
            repeat(address, span, jwks, 200).await,
            Some(bare),
        );

        let machine = post("/token", &self.machine, "grant_type=client_credentials");
        let tokens = repeat(address, span, machine, 200).await;
        table.add(
            "client_credentials / s (1 signature)",
            "≥ 90 % of signing",
            tokens,
            Some(signatures),
        );

        let flow = drive(address, span, |number, connection| self.code_flow(number, connection)).await;
        let half = signatures / 2.0;
        table.add(
            "authorize + code + token / s (2 signatures)",
            "≥ 85 % of signing / 2",
            flow.per_second,
            Some(half),
        );
        #[expect(clippy::cast_precision_loss, reason = "a count of connections")]
        let mean = 1000.0 / flow.per_second * CONNECTIONS as f64;
        table.add(
            "its p99, ms (limit: mean × 2)",
            "≤ 2 × mean",
            flow.p99.as_secs_f64() * 1000.0,
            Some(2.0 * mean),
        );

        let refreshed = self.refresh().await;
        table.add(
            "refresh with rotation / s (2 signatures)",
            "≥ 85 % of signing / 2",
            refreshed,
            Some(half),
        );

        let access_token = self.access_token().await;
        let bearer = format!("Authorization: Bearer {access_token}\r\n");
        table.add(
            "userinfo / s",
            "≥ 25000",
            repeat(address, span, get("/userinfo", &bearer), 200).await,
            None,
        );
        let introspect = post("/introspect", &self.basic, &format!("token={access_token}"));
        table.add(
            "introspection / s",
            "≥ 20000",
            repeat(address, span, introspect, 200).await,
            None,
        );
        let sign_ins = repeat(address, span, self.sign_in(), 303).await;
        table.add(
            "sign-in with password / s",
            "≥ 95 % of argon2id",
            sign_ins,
            Some(hashes),
        );
    }

    fn authorize(&self, number: usize, scope: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(VERIFIER.as_bytes()));
        let path = format!(
            "/authorize?client_id={}&redirect_uri={REDIRECT}&response_type=code&scope={scope}&state=s&nonce=n\
             &code_challenge={challenge}&code_challenge_method=S256",
            self.web
        );
        get(
            &path,
            &format!("Cookie: {}; {}\r\n", self.sessions[number], self.form.0),
        )
    }

    fn code_flow(&self, number: usize, mut connection: Connection) -> impl Future<Output = Connection> + 'static {
        let authorize = self.authorize(number, "openid+profile+email");
        let basic = self.basic.clone();
        async move {
            let answer = connection.send(&authorize).await;
            let location = answer.header("location");
            let code = location
                .split("code=")
                .nth(1)
                .unwrap_or_else(|| panic!("{location} {}", answer.body));
            let code = code.split('&').next().unwrap();
            let answer = connection.send(&redeem(code, &basic)).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            connection
        }
    }

    async fn tokens(&self, number: usize, scope: &str) -> super::generator::Answer {
        let mut connection = Connection::open(self.daemon.address).await;
        let answer = connection.send(&self.authorize(number, scope)).await;
        let code = answer
            .header("location")
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_owned();
        connection.send(&redeem(&code, &self.basic)).await
    }

    async fn access_token(&self) -> String {
        self.tokens(0, "openid+profile+email").await.member("access_token")
    }

    async fn refresh(&self) -> f64 {
        let mut tokens = Vec::new();
        for number in 0..CONNECTIONS {
            tokens.push(
                self.tokens(number, "openid+profile+email+offline_access")
                    .await
                    .member("refresh_token"),
            );
        }
        let tokens = Rc::new(RefCell::new(tokens));
        let measured = drive(self.daemon.address, self.span, |number, mut connection| {
            let (tokens, basic) = (Rc::clone(&tokens), self.basic.clone());
            async move {
                let body = format!("grant_type=refresh_token&refresh_token={}", tokens.borrow()[number]);
                let answer = connection.send(&post("/token", &basic, &body)).await;
                tokens.borrow_mut()[number] = answer.member("refresh_token");
                connection
            }
        });
        measured.await.per_second
    }

    pub fn memory(&self, table: &mut Table) {
        table.add("memory idle, MiB", "≤ 25", self.idle, None);
        table.add(
            "memory peak, MiB",
            "≤ 25 + 19 an argon2 lane",
            self.daemon.mebibytes("VmHWM"),
            None,
        );
    }
}

fn redeem(code: &str, basic: &str) -> Vec<u8> {
    let body = format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}");
    post("/token", basic, &body)
}

async fn repeat(address: SocketAddr, span: Duration, request: Vec<u8>, status: u16) -> f64 {
    let request = Rc::new(request);
    let each = |_, mut connection: Connection| {
        let request = Rc::clone(&request);
        async move {
            let answer = connection.send(&request).await;
            assert_eq!(answer.status, status, "{}", answer.body);
            connection
        }
    };
    drive(address, span, each).await.per_second
}

/// The binding cookie and the form's csrf value.
async fn sign_in_form(address: SocketAddr) -> (String, String) {
    let page = Connection::open(address).await.send(&get("/login", "")).await;
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = page
        .body
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    (cookie, csrf)
}

/// First start (keys and store are made) and warm start, each in its own folder.
pub fn starts(table: &mut Table) {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let first = daemon::avouch(folder.path()).ready_after;
        let warm = daemon::avouch(folder.path()).ready_after;
        table.add(
            "first start until ready, ms",
            "≤ 1000",
            first.as_secs_f64() * 1000.0,
            None,
        );
        table.add("warm start until ready, ms", "≤ 100", warm.as_secs_f64() * 1000.0, None);
    }
}

/// Start and memory with many users.
pub async fn many_users(table: &mut Table, users: u64) {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), users).await;
    let daemon = daemon::avouch(folder.path());
    table.add(
        "start with many users, ms",
        "≤ 2000",
        daemon.ready_after.as_secs_f64() * 1000.0,
        None,
    );
    table.add("memory with many users, MiB", "≤ 300", daemon.mebibytes("VmRSS"), None);
}

async fn fill(folder: &Path, users: u64) {
    let url = format!("sled:{}", folder.join("data").display());
    let store = Store::open(&url, Options::default()).await.unwrap();
    let now = Timestamp::from_unix(1_700_000_000);
    let mut changes = Changes::default();
    for number in 0..users {
        let user = User {
            id: secret::random_id(),
            username: format!("user{number}"),
            email: Some(format!("user{number}@example.com")),
            email_verified: true,
            claims: StandardClaims {
                name: Some(format!("User Number {number}")),
                ..StandardClaims::default()
            },
            role: "user".to_owned(),
            attributes: serde_json::Map::new(),
            memberships: Vec::new(),
            active_organization: None,
            disabled: false,
            second_factors: Vec::new(),
            epoch: 0,
            created_at: now,
            updated_at: now,
        };
        changes.insert(&user).unwrap();
        if number % 500 == 499 || number + 1 == users {
            store.commit(std::mem::take(&mut changes)).await.unwrap();
        }
    }
    store.close().await.unwrap();
}
