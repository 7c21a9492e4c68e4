//! The gate: what is taken away is refused at every door at once, although access tokens are JWTs (threats 17, 23, 25, 28).

use reqwest::StatusCode;

use crate::support::{
    App, Browser, Page, Scene, SignIn, Tokens,
    app::REDIRECT_URI,
    jwt,
    scene::{PASSWORD, clock_shows, unix_now},
};

const SCOPE: &str = "openid email offline_access";

/// Everything that a person and an application can hold.
struct Held {
    app: App,
    username: String,
    user_id: String,
    browser: Browser,
    /// A code that was not redeemed yet.
    sign_in: SignIn,
    code: String,
    tokens: Tokens,
    /// Tokens without a refresh token.
    online: Tokens,
}

/// What a door says of what was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// A status and an OAuth error.
    By(u16, &'static str),
    /// The sign-in page instead of a code.
    Login,
    /// An error page instead of a code.
    Page,
    /// `{"active": false}`.
    Inactive,
}

async fn held(scene: &Scene, name: &str) -> Held {
    let user = scene.daemon.add_user(name, PASSWORD, &[]);
    let app = App::confidential(&scene.daemon);
    let browser = scene.other_browser();
    let tokens = app.sign_in(&browser, SCOPE, name, PASSWORD).await;
    let online = app.sign_in(&browser, "openid", name, PASSWORD).await;
    let sign_in = app.begin(SCOPE, &[]);
    let code = app.code(&browser, &sign_in, name, PASSWORD).await;
    assert!(app.accepted(tokens.access()).await && app.accepted(online.access()).await);
    Held {
        app,
        username: name.to_owned(),
        user_id: user["id"].as_str().expect("id").to_owned(),
        browser,
        sign_in,
        code,
        tokens,
        online,
    }
}

impl Held {
    async fn authorize(&self) -> Page {
        self.app.authorize(&self.browser, SCOPE, &[]).await.1
    }

    /// Asks at all doors, as the application and as a resource server that introspects.
    async fn is_refused(&self, resource_server: &App, doors: [Refused; 5], what: &str) {
        println!("{what}");
        let [authorize, token, refresh, userinfo, introspect] = doors;
        let page = self.authorize().await;
        match authorize {
            Refused::Login => assert!(page.is_login(), "{what}: {} {}", page.status, page.body),
            Refused::Page => page.is_error_page(400),
            other => panic!("{other:?} is none of authorize"),
        }
        // A page never holds a code, and prompt=none never gets one.
        let (sign_in, page) = self.app.authorize(&self.browser, SCOPE, &[("prompt", "none")]).await;
        match authorize {
            Refused::Login => assert_eq!(page.redirect_error(&self.app, &sign_in), "login_required"),
            _ => page.is_error_page(400),
        }
        let refused = |page: &Page, refused: Refused| match refused {
            Refused::By(status, error) => page.refused(status, error),
            other => panic!("{other:?} is none of an endpoint"),
        };
        refused(&self.app.ask_redeem(&self.sign_in, &self.code, &[]).await, token);
        refused(&self.app.ask_refresh(self.tokens.refresh()).await, refresh);
        for access_token in [self.tokens.access(), self.online.access()] {
            let request = self.app.http.get(format!("{}/userinfo", self.app.issuer));
            let answer = request.bearer_auth(access_token).send().await.expect("an answer");
            refused(&Page::of(answer).await, userinfo);
            assert_eq!(introspect, Refused::Inactive);
            assert!(!resource_server.is_active(access_token).await, "{what}");
        }
    }
}

/// What an operator does.
type Taking = fn(&Scene, &Held);

const INVALID_GRANT: Refused = Refused::By(400, "invalid_grant");
const INVALID_CLIENT: Refused = Refused::By(401, "invalid_client");
const INVALID_TOKEN: Refused = Refused::By(401, "invalid_token");

#[tokio::test]
async fn what_is_taken_away_is_refused_at_every_door_at_once() {
    let scene = Scene::start();
    let resource_server = &scene.app;
    let user_gone = [
        Refused::Login,
        INVALID_GRANT,
        INVALID_GRANT,
        INVALID_TOKEN,
        Refused::Inactive,
    ];
    let client_gone = [
        Refused::Page,
        INVALID_CLIENT,
        INVALID_CLIENT,
        INVALID_TOKEN,
        Refused::Inactive,
    ];
    let rows: [(&str, Taking, [Refused; 5]); 6] = [
        (
            "user disabled",
            |scene, held| drop(scene.daemon.cli(&["user", "disable", &held.username])),
            user_gone,
        ),
        (
            "user disabled and enabled again",
            |scene, held| {
                scene.daemon.cli(&["user", "disable", &held.username]);
                scene.daemon.cli(&["user", "enable", &held.username]);
            },
            user_gone,
        ),
        (
            "user removed",
            |scene, held| drop(scene.daemon.cli(&["user", "remove", &held.user_id])),
            user_gone,
        ),
        (
            "password changed",
            |scene, held| {
                let args = ["user", "password", &held.username, "--password-stdin"];
                scene.daemon.cli_with(&args, "another battery");
            },
            user_gone,
        ),
        (
            "client disabled",
            |scene, held| drop(scene.daemon.cli(&["client", "disable", &held.app.client_id])),
            client_gone,
        ),
        (
            "client removed",
            |scene, held| drop(scene.daemon.cli(&["client", "remove", &held.app.client_id])),
            client_gone,
        ),
    ];
    for (at, (what, take, doors)) in rows.into_iter().enumerate() {
        let held = held(&scene, &format!("user{at}")).await;
        let bystander = held_by_another(&scene).await;
        take(&scene, &held);
        held.is_refused(resource_server, doors, what).await;
        assert!(
            scene.app.accepted(bystander.access()).await,
            "{what}: nobody else is touched"
        );
    }
    scene.daemon.has_no_errors();
}

async fn held_by_another(scene: &Scene) -> Tokens {
    scene.tokens("openid").await
}

#[tokio::test]
async fn a_client_that_is_enabled_again_goes_on_where_it_was() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    scene.daemon.cli(&["client", "disable", &held.app.client_id]);
    assert!(!held.app.accepted(held.tokens.access()).await);
    scene.daemon.cli(&["client", "enable", &held.app.client_id]);
    assert!(held.app.accepted(held.tokens.access()).await);
}

#[tokio::test]
async fn a_new_client_under_an_old_name_inherits_nothing() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    scene.daemon.cli(&["client", "remove", &held.app.client_id]);
    // Clients are told apart by the second in which they were made.
    clock_shows(unix_now() + 1).await;
    let again = [
        "--client-id",
        &held.app.client_id,
        "--redirect-uri",
        REDIRECT_URI,
        "--first-party",
    ];
    let client = scene.daemon.add_client("Another", &again);
    let app = App::of(&scene.daemon, &client, REDIRECT_URI);
    app.ask_refresh(held.tokens.refresh())
        .await
        .refused(400, "invalid_grant");
    app.ask_redeem(&held.sign_in, &held.code, &[])
        .await
        .refused(400, "invalid_grant");
    assert!(!app.accepted(held.tokens.access()).await && !app.is_active(held.tokens.access()).await);
}

#[tokio::test]
async fn a_scope_taken_from_the_client_is_gone_at_every_door() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    let app = &held.app;
    scene
        .daemon
        .cli(&["client", "set", &app.client_id, "--scope", "openid offline_access"]);

    let (status, userinfo) = app.userinfo(held.tokens.access()).await;
    assert_eq!((status, userinfo.get("email")), (StatusCode::OK, None), "userinfo");
    assert_eq!(
        app.introspect(held.tokens.access()).await["scope"],
        "offline_access openid"
    );
    assert_eq!(
        app.introspect(held.tokens.refresh()).await["scope"],
        "offline_access openid"
    );
    let redeemed = app.redeem(&held.sign_in, &held.code).await;
    assert_eq!(redeemed.0["scope"], "offline_access openid", "token");
    let (status, refreshed) = app.refresh(held.tokens.refresh()).await;
    assert_eq!(
        (status, &refreshed["scope"]),
        (StatusCode::OK, &"offline_access openid".into())
    );
    let (sign_in, page) = app.authorize(&held.browser, SCOPE, &[]).await;
    let code = app.code_of(&page, &sign_in);
    assert_eq!(
        app.redeem(&sign_in, &code).await.0["scope"],
        "offline_access openid",
        "authorize"
    );
    let wider = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refreshed["refresh_token"].as_str().expect("a token")),
        ("scope", "openid email"),
    ];
    app.ask("/token", &wider).await.refused(400, "invalid_scope");
}

#[tokio::test]
async fn offline_access_taken_from_the_client_ends_refreshing() {
    let scene = Scene::start();
    for options in [["--scope", "openid email"], ["--grant", "authorization_code"]] {
        let held = held(&scene, &format!("user.{}", options[1].len())).await;
        scene
            .daemon
            .cli(&[&["client", "set", &held.app.client_id], &options[..]].concat());
        let answer = held.app.ask_refresh(held.tokens.refresh()).await;
        let error = if options[0] == "--grant" {
            "unauthorized_client"
        } else {
            "invalid_grant"
        };
        answer.refused(400, error);
        assert!(!held.app.is_active(held.tokens.refresh()).await);
        // What was granted for longer than the session is over as a whole, a code that was on its way included.
        let answer = held.app.ask_redeem(&held.sign_in, &held.code, &[]).await;
        answer.refused(400, "invalid_grant");
        assert!(!held.app.accepted(held.tokens.access()).await);
        assert!(held.app.accepted(held.online.access()).await);
    }
}

#[tokio::test]
async fn openid_taken_from_the_client_ends_userinfo() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    scene
        .daemon
        .cli(&["client", "set", &held.app.client_id, "--scope", "email"]);
    let request = held.app.http.get(scene.daemon.url("/userinfo"));
    let answer = request
        .bearer_auth(held.online.access())
        .send()
        .await
        .expect("an answer");
    Page::of(answer).await.refused(403, "insufficient_scope");
}

#[tokio::test]
async fn a_revoked_grant_is_refused_at_every_door() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    held.app.revoke(held.tokens.refresh()).await;
    held.app
        .ask_refresh(held.tokens.refresh())
        .await
        .refused(400, "invalid_grant");
    assert!(!held.app.accepted(held.tokens.access()).await);
    assert!(!scene.app.is_active(held.tokens.access()).await);
    // Another grant of the same person is another grant.
    assert!(held.app.accepted(held.online.access()).await);
    held.app.redeem(&held.sign_in, &held.code).await;
}

#[tokio::test]
async fn a_logout_ends_what_the_session_gave() {
    let scene = Scene::start();
    let held = held(&scene, "bob").await;
    let online = held.app.begin("openid", &[]);
    let code = held.app.code(&held.browser, &online, "bob", PASSWORD).await;
    held.browser
        .get(&format!("/logout?id_token_hint={}", held.online.id()))
        .await;
    assert!(held.authorize().await.is_login());
    assert!(!held.app.accepted(held.online.access()).await);
    // A code that nobody has redeemed yet was given by the session as well.
    held.app
        .ask_redeem(&online, &code, &[])
        .await
        .refused(400, "invalid_grant");
    assert!(held.app.accepted(held.tokens.access()).await, "offline access stays");
}

#[tokio::test]
async fn a_role_that_changed_is_told_at_once() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid profile offline_access").await;
    scene.daemon.cli(&["user", "set", "alice", "--role", "admin"]);
    assert_eq!(scene.app.userinfo(tokens.access()).await.1["role"], "admin");
    assert_eq!(scene.app.introspect(tokens.access()).await["role"], "admin");
    let (_, refreshed) = scene.app.refresh(tokens.refresh()).await;
    let access = jwt::claims(refreshed["access_token"].as_str().expect("a token"));
    assert_eq!(access["role"], "admin");
}

#[tokio::test]
async fn a_disabled_machine_gets_nothing() {
    let scene = Scene::start();
    let options = ["--grant", "client_credentials", "--scope", "api"];
    let client = scene.daemon.add_client("Machine", &options);
    let machine = App::of(&scene.daemon, &client, REDIRECT_URI);
    let grant = [("grant_type", "client_credentials")];
    let (_, body) = machine.post("/token", &grant).await;
    let token = Tokens(body);
    assert!(scene.app.is_active(token.access()).await);
    scene.daemon.cli(&["client", "disable", &machine.client_id]);
    machine.ask("/token", &grant).await.refused(401, "invalid_client");
    assert!(!scene.app.is_active(token.access()).await);
}
