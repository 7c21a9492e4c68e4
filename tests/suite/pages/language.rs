//! Whom a page speaks to: `ui_locales`, the choice at its foot, `Accept-Language` and the operator's default.

use reqwest::{
    Client, StatusCode,
    header::{ACCEPT_LANGUAGE, HeaderMap},
};

use super::{PASSWORD, asking, daemon, walk, with_people};
use crate::support::{
    Browser, Daemon, Page,
    html::{attribute, tags},
};

/// A word of each language on the home page of somebody who is not signed in.
const WELCOME: [(&str, &str); 5] = [
    ("en", "<h1>Welcome</h1>"),
    ("de", "<h1>Willkommen</h1>"),
    ("fr", "<h1>Bienvenue</h1>"),
    ("es", "<h1>Le damos la bienvenida</h1>"),
    ("ja", "<h1>ようこそ</h1>"),
];

/// A browser that asks for languages.
fn speaking(daemon: &Daemon, accept_language: &str) -> Browser {
    let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, accept_language.parse().unwrap())]);
    Browser::with(&daemon.issuer, Client::builder().default_headers(headers))
}

/// The language of a page: what it says of itself must agree with its header.
fn language_of(page: &Page) -> String {
    let html = tags(&page.body, "html").next().unwrap();
    let language = attribute(html, "lang").unwrap();
    assert_eq!(page.header("content-language"), language, "{}", page.url);
    assert_eq!(page.header("vary"), "Accept-Language, Cookie");
    language
}

#[tokio::test]
async fn a_page_speaks_the_language_of_the_browser() {
    let daemon = Daemon::start();
    for (tag, word) in WELCOME {
        let page = speaking(&daemon, tag).get("/").await;
        assert_eq!(language_of(&page), tag);
        assert!(page.body.contains(word), "{tag}: {}", page.body);
    }
}

#[tokio::test]
async fn weights_regions_and_rubbish_are_understood() {
    let daemon = Daemon::start();
    let long = "xx-YY;q=0.9,".repeat(900) + "de";
    for (header, tag) in [
        ("de-AT", "de"),
        ("DE-ch-1996, en;q=0.3", "de"),
        ("en;q=0.2, ja-JP;q=0.9, fr;q=0.8", "ja"),
        ("fr;q=0, es;q=0.1", "es"),
        ("tlh, sv;q=0.9", "en"),
        ("*", "en"),
        ("", "en"),
        (";;;,,q=,=", "en"),
        ("<script>alert(1)</script>", "en"),
        (&long, "en"),
    ] {
        let page = speaking(&daemon, header).get("/").await;
        assert_eq!(page.status, StatusCode::OK, "{header}");
        assert_eq!(language_of(&page), tag, "{header}");
        assert!(!page.body.contains("alert"), "{header}");
    }
}

#[tokio::test]
async fn the_operator_says_what_is_spoken_where_nobody_wishes_anything() {
    let daemon = Daemon::builder().set("pages.language", "fr").start();
    assert_eq!(language_of(&Browser::new(&daemon.issuer).get("/").await), "fr");
    assert_eq!(language_of(&speaking(&daemon, "tlh").get("/").await), "fr");
    assert_eq!(language_of(&speaking(&daemon, "es").get("/").await), "es");
}

#[tokio::test]
async fn ui_locales_count_on_every_page_of_the_interaction() {
    let daemon = daemon();
    let app = asking(&daemon);
    for (ui_locales, tag) in [
        ("de", "de"),
        ("fr-CA fr en", "fr"),
        ("tlh x_y es-MX de", "es"),
        ("JA-jp", "ja"),
        ("tlh", "en"),
        ("not-a-tag-at-all \u{1f600} ;;", "en"),
    ] {
        let browser = Browser::new(&daemon.issuer);
        let login = browser
            .get(
                &app.begin("openid", &[("ui_locales", ui_locales), ("prompt", "login")])
                    .url,
            )
            .await;
        assert_eq!(language_of(&login), tag, "{ui_locales}");
        let wrong = browser.sign_in(&login, "alice", "wrong horse").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert_eq!(language_of(&wrong), tag, "{ui_locales}: a form that comes back");
        let consent = browser.sign_in(&wrong, "alice", PASSWORD).await;
        assert!(consent.has("consent-allow"));
        assert_eq!(language_of(&consent), tag, "{ui_locales}: the next page");
        assert_eq!(language_of(&browser.get("/").await), "en", "only there");
    }
}

#[tokio::test]
async fn what_the_client_asks_for_counts_more_than_what_the_browser_says() {
    let daemon = daemon();
    let browser = speaking(&daemon, "fr");
    let app = asking(&daemon);
    let asked = browser.get(&app.begin("openid", &[("ui_locales", "de")]).url).await;
    assert_eq!(language_of(&asked), "de");
    let unknown = browser.get(&app.begin("openid", &[("ui_locales", "tlh")]).url).await;
    assert_eq!(language_of(&unknown), "fr");
    let refused = browser
        .get(&daemon.url("/authorize?client_id=unknown&ui_locales=de"))
        .await;
    assert_eq!(language_of(&refused), "de", "also where it fails");
    let logout = browser.get("/logout?ui_locales=es").await;
    assert_eq!(language_of(&logout), "es", "RP-Initiated Logout, 2");
}

/// The link of a page that chooses a language.
fn link(page: &Page, tag: &str) -> String {
    let id = format!("id=\"language-{tag}\"");
    let link = tags(&page.body, "a").find(|link| link.contains(&id));
    attribute(link.unwrap_or_else(|| panic!("{}", page.body)), "href").unwrap()
}

#[tokio::test]
async fn a_choice_at_the_foot_is_kept_and_counts_more_than_the_browser() {
    let daemon = daemon();
    let browser = speaking(&daemon, "fr");
    let welcome = browser.get("/").await;
    assert!(
        welcome.body.contains("aria-current=\"true\">Français</a>"),
        "{}",
        welcome.body
    );
    let chosen = browser.get(&link(&welcome, "ja")).await;
    assert_eq!(language_of(&chosen), "ja");
    let cookie = chosen
        .set_cookies
        .iter()
        .find(|it| it.starts_with("avouch_language=ja;"));
    let cookie = cookie.unwrap_or_else(|| panic!("{:?}", chosen.set_cookies));
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age="));
    for path in ["/", "/login", "/nothing", "/logout"] {
        assert_eq!(language_of(&browser.get(path).await), "ja", "{path}");
    }
    let again = browser.get(&link(&browser.get("/").await, "es")).await;
    assert_eq!(language_of(&again), "es");
    assert_eq!(language_of(&browser.get("/").await), "es");
}

#[tokio::test]
async fn a_choice_on_a_page_of_an_interaction_keeps_the_interaction_and_counts_more_than_ui_locales() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[("ui_locales", "de")]);
    let login = browser.get(&sign_in.url).await;
    assert_eq!(language_of(&login), "de");
    let wrong = browser.sign_in(&login, "alice", "wrong horse").await;
    let chosen = browser.get(&link(&login, "es")).await;
    assert_eq!(chosen.field("interaction"), login.field("interaction"));
    assert_eq!(language_of(&chosen), "es");
    let consent = browser.sign_in(&chosen, "alice", PASSWORD).await;
    assert_eq!(language_of(&consent), "es", "and on those that follow");
    let allowed = browser.submit(&consent, &[("decision", "allow")]).await;
    app.code_of(&allowed, &sign_in);
    assert!(
        !wrong.has("language-es"),
        "no Referer, so nobody knows where the form was"
    );
    let next = browser
        .get(&app.begin("openid", &[("ui_locales", "fr"), ("prompt", "login")]).url)
        .await;
    assert_eq!(language_of(&next), "fr", "another client may ask anew");
}

#[tokio::test]
async fn a_form_that_comes_back_offers_the_languages_of_the_page_that_it_was_on() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get(&asking(&daemon).begin("openid", &[]).url).await;
    let post = async |referrer: &str| {
        let fields = [
            ("csrf", login.field("csrf")),
            ("interaction", login.field("interaction")),
            ("username", "alice".to_owned()),
            ("password", String::new()),
        ];
        let request = browser.client().post(daemon.url("/login")).form(&fields);
        Page::of(request.header("referer", referrer).send().await.unwrap()).await
    };
    let again = post(login.url.as_str()).await;
    assert_eq!(
        browser.get(&link(&again, "de")).await.field("interaction"),
        login.field("interaction")
    );
    for foreign in [
        "https://evil.example/login",
        &format!("{}//evil.example/", daemon.issuer),
        &format!("{}.evil.example/", daemon.issuer),
        &format!("{}/", daemon.issuer),
        "rubbish",
    ] {
        let again = post(foreign).await;
        assert!(!again.has("language-de") && !again.body.contains("evil"), "{foreign}");
    }
}

#[tokio::test]
async fn a_choice_that_is_none_changes_nothing() {
    let daemon = Daemon::start();
    let browser = speaking(&daemon, "fr");
    for path in ["/?lang=tlh", "/?lang=", "/?lang=%00", "/?lang=<b>"] {
        let page = browser.get(path).await;
        assert_eq!(language_of(&page), "fr", "{path}");
        assert!(page.cookie("avouch_language").is_none(), "{path}");
    }
    let wearing = Browser::wearing(&daemon.issuer, "avouch_language=tlh.x");
    assert_eq!(language_of(&wearing.get("/").await), "en");
}

#[tokio::test]
async fn every_page_is_in_one_language_whole() {
    let daemon = Daemon::builder().arg("--demo").set("pages.language", "ja").start();
    let daemon = with_people(daemon);
    for (name, page) in walk::every_page(&daemon).await {
        assert_eq!(language_of(&page), "ja", "{name}");
        let main = page.body.split_once("<main").unwrap().1;
        let japanese = main.chars().filter(|c| ('\u{3040}'..='\u{9fff}').contains(c)).count();
        assert!(japanese > 5, "{name}: {main}");
    }
}

#[tokio::test]
async fn what_a_script_is_told_is_in_the_language_of_its_page() {
    let daemon = daemon();
    let browser = speaking(&daemon, "fr");
    let url = daemon.url("/passkey/sign-in/finish?ui_locales=de");
    let refused = browser.client().post(url).form(&[("csrf", "x")]).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let told: serde_json::Value = Page::of(refused).await.json();
    assert!(told["error"].as_str().unwrap().contains("Laden Sie sie neu"), "{told}");
}

#[tokio::test]
async fn discovery_tells_the_languages_and_every_one_of_them_is_spoken() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let document = browser.get("/.well-known/openid-configuration").await.json();
    let told: Vec<&str> = document["ui_locales_supported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag.as_str().unwrap())
        .collect();
    assert_eq!(told, WELCOME.map(|(tag, _)| tag));
    // Claims are told as they are kept, in whatever language that is; none has a tag (OpenID Connect Core, 5.2).
    assert!(document.get("claims_locales_supported").is_none());
    for tag in told {
        let page = browser.get(&format!("/?ui_locales={tag}")).await;
        assert_eq!(language_of(&page), tag);
    }
}

#[tokio::test]
async fn where_the_issuer_has_a_path_the_choice_stays_under_it() {
    let daemon = Daemon::builder()
        .set("server.issuer", "http://localhost:3001/realm")
        .start();
    let browser = Browser::new(&daemon.address());
    let page = browser.get("/realm/login").await;
    assert_eq!(link(&page, "de"), "/realm/login?lang=de");
    let chosen = browser.get("/realm/login?lang=de").await;
    assert_eq!(language_of(&chosen), "de");
    assert!(
        chosen
            .set_cookies
            .iter()
            .any(|it| it.contains("avouch_language=de") && it.contains("Path=/realm"))
    );
}
