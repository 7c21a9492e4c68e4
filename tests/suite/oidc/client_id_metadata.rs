//! Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document; sections as in -02): a client that nobody registered
//! says at its own URL what it is. Rules about the text of URL and document have their table beside the code.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    App, Browser, ClientKey, Daemon, Page, Partner, Tokens,
    app::REDIRECT_URI,
    client_keys::jwks,
    daemon::Builder,
    jwt,
    partner::Answer,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

const PATH: &str = "/client.json";

/// A daemon that lets clients of the partner in.
fn builder(partner: &Partner) -> Builder {
    partner
        .daemon()
        .set("client_id_metadata.enabled", "true")
        .set("client_id_metadata.allowed_hosts", partner.host())
        .set("outbound.jwks_refresh_delay", "1s")
}

fn start(builder: Builder) -> Daemon {
    let daemon = builder.start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    daemon
}

fn document(partner: &Partner) -> Value {
    json!({
        "client_id": partner.url(PATH),
        "client_name": "Traveller",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    })
}

/// An application that is its URL.
fn app(daemon: &Daemon, client_id: &str) -> App {
    App::of(daemon, &json!({ "client_id": client_id }), REDIRECT_URI)
}

/// Tokens of a sign-in with consent.
async fn tokens(daemon: &Daemon, app: &App, scope: &str) -> Tokens {
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin(scope, &[]);
    let login = browser.get(&sign_in.url).await;
    let consent = browser.sign_in(&login, USERNAME, PASSWORD).await;
    assert!(consent.has("consent-allow"), "{}", consent.body);
    let ended = browser.submit(&consent, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await
}

/// The first page of an authorization request by this client.
async fn asked(daemon: &Daemon, client_id: &str) -> Page {
    let sign_in = app(daemon, client_id).begin("openid", &[]);
    Browser::new(&daemon.issuer).get(&sign_in.url).await
}

fn assert_unknown(page: &Page, why: &str) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{why}");
    assert!(page.body.contains("client_id"), "{why}: {}", page.body);
    assert!(page.location().is_none(), "{why}: nobody is sent anywhere");
}

#[tokio::test]
async fn a_client_signs_people_in_by_its_document_alone() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    partner.serve_json(PATH, &document(&partner));
    let app = app(&daemon, &partner.url(PATH));
    let tokens = tokens(&daemon, &app, "openid profile offline_access admin:all").await;
    assert_eq!(
        tokens.0["scope"], "offline_access openid profile",
        "what the operator lets such clients have"
    );
    assert_eq!(app.userinfo(tokens.access()).await.0, StatusCode::OK);
    let (status, refreshed) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, StatusCode::OK, "{refreshed}");
    app.revoke(refreshed["refresh_token"].as_str().unwrap()).await;
    assert_eq!(partner.hits(PATH), 1, "5.2: kept");
    let fetched = &partner.asked(PATH)[0];
    assert_eq!(fetched.headers["accept"], "application/json");
    daemon.has_no_errors();
}

#[tokio::test]
async fn pages_tell_the_host_and_consent_is_asked_once_for_each_person() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    partner.serve_json(PATH, &document(&partner));
    let app = app(&daemon, &partner.url(PATH));
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get(&app.begin("openid", &[]).url).await;
    assert!(login.body.contains("Traveller") && login.has("client-host"));
    let sign_in = app.begin("openid", &[]);
    let consent = browser
        .sign_in(&browser.get(&sign_in.url).await, USERNAME, PASSWORD)
        .await;
    // 8.3: whoever is asked sees whose page it is, and where the answer goes.
    for words in ["Traveller", "Nobody has registered", &partner.host(), "app.example"] {
        assert!(consent.body.contains(words), "{words} in {}", consent.body);
    }
    let ended = browser.submit(&consent, &[("decision", "allow")]).await;
    app.code_of(&ended, &sign_in);
    let again = app.begin("openid", &[]);
    app.code_of(&browser.get(&again.url).await, &again);
}

#[tokio::test]
async fn consent_cannot_be_skipped_by_a_word_in_the_document() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    let mut forged = document(&partner);
    forged["consent"] = "first_party".into();
    forged["require_pkce"] = false.into();
    partner.serve_json(PATH, &forged);
    let app = app(&daemon, &partner.url(PATH));
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get(&app.begin("openid", &[]).url).await;
    assert!(browser.sign_in(&login, USERNAME, PASSWORD).await.has("consent-allow"));
    let plain = app.begin("openid", &[("code_challenge", ""), ("code_challenge_method", "")]);
    let refused = browser.get(&plain.url).await;
    assert_eq!(
        refused.redirect_param("error").as_deref(),
        Some("invalid_request"),
        "PKCE"
    );
}

#[tokio::test]
async fn what_is_not_a_good_document_is_no_client() {
    let partner = Partner::start();
    let daemon = start(builder(&partner).set("outbound.retry_delay", "1h"));
    let good = |path: &str| {
        let mut document = document(&partner);
        document["client_id"] = partner.url(path).into();
        document
    };
    partner.serve_json("/target.json", &good("/target.json"));
    let with = |path: &str, member: &str, value: Value| {
        let mut document = good(path);
        document[member] = value;
        Answer::json(&document)
    };
    let padded = |path: &str| Answer::of("application/json", format!("{}{}", good(path), " ".repeat(16 << 10)));
    for (rule, path, answer) in [
        (
            "5: no redirect is followed",
            "/a",
            Answer::redirect(&partner.url("/target.json")),
        ),
        ("5: 200 only", "/b", Answer::status(404)),
        ("5: 200 only", "/c", Answer::status(500)),
        (
            "5: JSON by its type",
            "/d",
            Answer::of("text/html", good("/d").to_string()),
        ),
        ("5: JSON", "/e", Answer::of("application/json", "<html>")),
        ("8.7: a size limit", "/f", padded("/f")),
        ("8.7: a size limit", "/g", Answer::of("application/json", "{").endless()),
        ("4: client_id is its URL", "/h", Answer::json(&good("/target.json"))),
        ("4: no secret", "/i", with("/i", "client_secret", "s".into())),
        (
            "4: no secret",
            "/j",
            with("/j", "token_endpoint_auth_method", "client_secret_basic".into()),
        ),
        (
            "RFC 9700, 2.1",
            "/k",
            with("/k", "redirect_uris", json!(["http://app.example/cb"])),
        ),
        ("no redirect URI", "/l", with("/l", "redirect_uris", json!([]))),
        (
            "another redirect URI",
            "/m",
            with("/m", "redirect_uris", json!(["https://other.example/cb"])),
        ),
        (
            "Registration, 3.3: an algorithm without a key here",
            "/n",
            with("/n", "id_token_signed_response_alg", "EdDSA".into()),
        ),
    ] {
        partner.serve(path, answer);
        assert_unknown_or_page(&asked(&daemon, &partner.url(path)).await, rule);
        let unseen = asked(&daemon, &partner.url(path)).await;
        assert_unknown_or_page(&unseen, rule);
        assert_eq!(partner.hits(path), 1, "{rule}: not asked for again at once");
    }
    assert_eq!(partner.hits("/target.json"), 0);
    daemon.has_no_errors();
}

/// An error page; what it says of a good client with a foreign redirect URI is about that.
fn assert_unknown_or_page(page: &Page, why: &str) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{why}: {}", page.body);
    assert!(page.location().is_none(), "{why}: nobody is sent anywhere");
}

#[tokio::test]
async fn a_client_id_that_leads_inside_or_is_misspelt_is_asked_nothing() {
    let partner = Partner::start();
    let daemon = start(builder(&partner).set("client_id_metadata.allowed_hosts", "*"));
    partner.serve_json(PATH, &document(&partner));
    let host = partner.host();
    for (rule, client_id) in [
        ("3: https", format!("http://{host}{PATH}")),
        ("3: a path", format!("https://{host}")),
        ("3: no dot segments", format!("https://{host}/a/..{PATH}")),
        ("3: no dot segments", format!("https://{host}/./client.json")),
        ("3: no dot segments", format!("https://{host}/a/%2e%2e{PATH}")),
        ("3: no fragment", format!("https://{host}{PATH}#a")),
        ("3: no user name", format!("https://user@{host}{PATH}")),
        ("3: no password", format!("https://user:password@{host}{PATH}")),
        ("3: no query", format!("https://{host}{PATH}?a=b")),
        ("3: compared as text", format!("https://{}{PATH}", host.to_uppercase())),
        ("8.6: loopback", partner.url_by_address(PATH)),
        ("8.6: loopback", "https://[::1]/client.json".to_owned()),
        ("8.6: private", "https://10.0.0.1/client.json".to_owned()),
        ("8.6: cloud metadata", "https://169.254.169.254/client.json".to_owned()),
        ("8.6: another port here", "https://localhost:1/client.json".to_owned()),
    ] {
        assert_unknown(&asked(&daemon, &client_id).await, rule);
        let app = app(&daemon, &client_id);
        let (status, body) = app.refresh("x").await;
        assert_eq!(
            (status, &body["error"]),
            (StatusCode::UNAUTHORIZED, &json!("invalid_client")),
            "{rule}"
        );
    }
    assert_eq!(partner.all_hits(), 0);
}

#[tokio::test]
async fn such_clients_are_there_only_where_the_operator_lets_them_in() {
    let partner = Partner::start();
    partner.serve_json(PATH, &document(&partner));
    let client_id = partner.url(PATH);
    for (why, builder) in [
        ("off by default", partner.daemon()),
        ("off", builder(&partner).set("client_id_metadata.enabled", "false")),
        (
            "another host",
            builder(&partner).set("client_id_metadata.allowed_hosts", "app.example"),
        ),
        (
            "blocked",
            builder(&partner).set("client_id_metadata.blocked", client_id.as_str()),
        ),
    ] {
        let daemon = builder.start();
        assert_unknown(&asked(&daemon, &client_id).await, why);
    }
    assert_eq!(partner.all_hits(), 0, "nothing is asked on behalf of who is not let in");
}

#[tokio::test]
async fn discovery_tells_of_them_only_where_they_are() {
    let partner = Partner::start();
    for (daemon, there) in [(Daemon::start(), None), (builder(&partner).start(), Some(true))] {
        for path in [
            "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration",
        ] {
            let document = reqwest::get(daemon.url(path))
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap();
            assert_eq!(
                document["client_id_metadata_document_supported"].as_bool(),
                there,
                "6: {path}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_granted_ends_when_the_host_leaves_the_list() {
    let partner = Partner::start();
    let mut daemon = start(builder(&partner));
    partner.serve_json(PATH, &document(&partner));
    let app = app(&daemon, &partner.url(PATH));
    let resource = App::confidential(&daemon);
    let tokens = tokens(&daemon, &app, "openid offline_access").await;
    assert_eq!(resource.introspect(tokens.access()).await["active"], true);

    daemon.stop();
    daemon.start_again();
    assert_eq!(
        app.userinfo(tokens.access()).await.0,
        StatusCode::OK,
        "a new start changes nothing"
    );
    assert_eq!(resource.introspect(tokens.access()).await["active"], true);

    daemon.stop();
    daemon.set("client_id_metadata.allowed_hosts", "app.example");
    daemon.start_again();
    assert_eq!(app.userinfo(tokens.access()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(resource.introspect(tokens.access()).await["active"], false);
    let (status, body) = app.refresh(tokens.refresh()).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
}

#[tokio::test]
async fn what_was_granted_follows_the_document_when_it_changes_or_goes() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    let serve = |document: &Value| partner.serve(PATH, Answer::json(document).header("Cache-Control", "no-store"));
    serve(&document(&partner));
    let app = app(&daemon, &partner.url(PATH));
    let tokens = tokens(&daemon, &app, "openid profile offline_access").await;

    let mut less = document(&partner);
    less["scope"] = "openid offline_access".into();
    serve(&less);
    clock_shows(unix_now() + 2).await;
    let (status, refreshed) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, StatusCode::OK, "{refreshed}");
    assert_eq!(
        refreshed["scope"], "offline_access openid",
        "what it no longer asks for it no longer gets"
    );

    let mut elsewhere = less.clone();
    elsewhere["redirect_uris"] = json!(["https://other.example/cb"]);
    serve(&elsewhere);
    clock_shows(unix_now() + 2).await;
    let page = Browser::new(&daemon.issuer).get(&app.begin("openid", &[]).url).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "the former redirect URI is gone");

    partner.serve(PATH, Answer::status(410));
    clock_shows(unix_now() + 2).await;
    let (status, body) = app.refresh(refreshed["refresh_token"].as_str().unwrap()).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
    assert_eq!(
        app.userinfo(refreshed["access_token"].as_str().unwrap()).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_code_and_a_token_of_one_document_are_no_other_documents() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    let other_path = "/other.json";
    partner.serve_json(PATH, &document(&partner));
    let mut other = document(&partner);
    other["client_id"] = partner.url(other_path).into();
    partner.serve_json(other_path, &other);
    let (app, other) = (app(&daemon, &partner.url(PATH)), app(&daemon, &partner.url(other_path)));
    let tokens = tokens(&daemon, &app, "openid offline_access").await;
    let (status, body) = other.refresh(tokens.refresh()).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );

    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let consent = browser
        .sign_in(&browser.get(&sign_in.url).await, USERNAME, PASSWORD)
        .await;
    // Alice allowed this client already; the other one asks for itself.
    let code = app.code_of(&consent, &sign_in);
    let (status, body) = other.redeem_with(&sign_in, &code, &[]).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    assert!(browser.get(&other.begin("openid", &[]).url).await.has("consent-allow"));
}

#[tokio::test]
async fn a_secret_is_nothing_that_such_a_client_can_have() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    partner.serve_json(PATH, &document(&partner));
    let mut app = app(&daemon, &partner.url(PATH));
    for secret in ["", "guess"] {
        app.client_secret = Some(secret.to_owned());
        let (status, body) = app.refresh("x").await;
        assert_eq!(
            (status, &body["error"]),
            (StatusCode::UNAUTHORIZED, &json!("invalid_client")),
            "{secret:?}"
        );
    }
    let mut wants_more = app.clone();
    wants_more.client_secret = None;
    let (_, body) = wants_more.post("/token", &[("grant_type", "client_credentials")]).await;
    assert_eq!(body["error"], "unauthorized_client");
}

#[tokio::test]
async fn a_client_with_a_key_proves_itself_by_it_and_never_without() {
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    let (key, foreign) = (ClientKey::new("ES256", "k1"), ClientKey::new("ES256", "k1"));
    let mut document = document(&partner);
    document["token_endpoint_auth_method"] = "private_key_jwt".into();
    document["jwks_uri"] = partner.url("/keys").into();
    partner.serve_json(PATH, &document);
    partner.serve_json("/keys", &jwks(&[&key]));
    let app = app(&daemon, &partner.url(PATH));
    let params = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let jwt = key.sign(&app.assertion(&json!({})));
    app.assert("/token", &params, &jwt).await.refused(400, "invalid_grant");
    app.assert("/token", &params, &jwt).await.refused(401, "invalid_client");
    let forged = foreign.sign(&app.assertion(&json!({})));
    app.assert("/token", &params, &forged)
        .await
        .refused(401, "invalid_client");
    let (status, body) = app.refresh("x").await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client")),
        "8.2"
    );
    // Whoever has a web page has such a key: it does not make anybody a resource server of ours.
    let jwt = key.sign(&app.assertion(&json!({})));
    let asked = app.assert("/introspect", &[("token", "x")], &jwt).await;
    asked.refused(401, "invalid_client");
}

#[tokio::test]
async fn such_a_client_is_told_of_a_logout_also_when_its_document_cannot_be_had_at_that_moment() {
    // Back-Channel Logout, 2.5: tried again, like everything that may work later.
    let partner = Partner::start();
    let daemon = start(builder(&partner));
    let mut described = document(&partner);
    described["backchannel_logout_uri"] = partner.url("/out").into();
    let fleeting = Answer::json(&described).header("Cache-Control", "no-store");
    partner.serve(PATH, fleeting.clone());
    partner.serve("/out", Answer::status(200));
    let app = app(&daemon, &partner.url(PATH));
    let tokens = tokens(&daemon, &app, "openid").await;
    // Longer than a document that must not be kept is kept.
    clock_shows(unix_now() + 2).await;
    let before = partner.hits(PATH);
    partner.serve(PATH, Answer::status(503));
    daemon.cli(&["user", "disable", USERNAME]);
    daemon
        .wait_until("the document was asked for in vain", async || {
            partner.hits(PATH) > before
        })
        .await;
    partner.serve(PATH, fleeting);
    let told = jwt::claims(&partner.wait_for("/out", 1).await[0].logout_token());
    assert_eq!(told["aud"], app.client_id);
    assert_eq!(told["sid"], jwt::claims(tokens.id())["sid"]);
}
