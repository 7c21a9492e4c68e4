//! Front-Channel Logout 1.0: the signed-out page opens a frame at each client of the session, and then goes on.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

use crate::support::{App, Browser, Chromium, Daemon, Page, Partner, jwt, partner::Answer, scene::PASSWORD};

fn stage() -> (Partner, Daemon) {
    let partner = Partner::start();
    let daemon = partner.daemon().start();
    daemon.add_user("alice", PASSWORD, &[]);
    (partner, daemon)
}

fn app(partner: &Partner, daemon: &Daemon, path: &str) -> App {
    let uri = partner.url(path);
    App::at(partner, daemon, path, &[("frontchannel_logout_uri", uri.into())])
}

/// The URLs of the page's frames.
fn frames(page: &Page) -> Vec<Url> {
    let tags = page.body.split("<iframe ").skip(1);
    tags.map(|tag| {
        let src = tag.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
        Url::parse(&src.replace("&#38;", "&").replace("&amp;", "&")).unwrap()
    })
    .collect()
}

fn pairs(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

async fn log_out(browser: &Browser, hint: &str, partner: &Partner, state: &str) -> Page {
    let bye = partner.url("/bye");
    let params = [
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", bye.as_str()),
        ("state", state),
    ];
    browser.post("/logout", &params).await
}

#[tokio::test]
async fn discovery_says_so() {
    // Front-Channel Logout, 3.
    let daemon = Daemon::start();
    let document = Browser::new(&daemon.issuer)
        .get("/.well-known/openid-configuration")
        .await
        .json();
    assert_eq!(document["frontchannel_logout_supported"], true);
    assert_eq!(document["frontchannel_logout_session_supported"], true);
}

#[tokio::test]
async fn the_page_has_a_frame_for_each_client_and_leads_on_without_a_script() {
    let (partner, daemon) = stage();
    let (plain, with_query) = (
        app(&partner, &daemon, "/out"),
        app(&partner, &daemon, "/leave?tenant=7&x=%26"),
    );
    let elsewhere = app(&partner, &daemon, "/elsewhere");
    let silent = App::confidential(&daemon);
    let (browser, other) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let tokens = plain.sign_in(&browser, "openid", "alice", PASSWORD).await;
    with_query.sign_in(&browser, "openid", "alice", PASSWORD).await;
    silent.sign_in(&browser, "openid", "alice", PASSWORD).await;
    elsewhere.sign_in(&other, "openid", "alice", PASSWORD).await;

    let page = log_out(&browser, tokens.id(), &partner, "a&b\"c").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
    let sid = jwt::claims(tokens.id())["sid"].as_str().unwrap().to_owned();
    let ours = [("iss".to_owned(), daemon.issuer.clone()), ("sid".to_owned(), sid)];
    let own = [("tenant".to_owned(), "7".to_owned()), ("x".to_owned(), "&".to_owned())];
    let frames = frames(&page);
    assert_eq!(frames.len(), 2, "2: those of this session only: {}", page.body);
    assert_eq!((frames[0].path(), frames[1].path()), ("/out", "/leave"));
    assert_eq!(pairs(&frames[0]), ours, "3: exactly iss and sid");
    assert_eq!(
        pairs(&frames[1]),
        [&own[..], &ours[..]].concat(),
        "2: after its own query"
    );

    let policy = page.header("content-security-policy");
    let origin = partner.url("");
    assert!(policy.ends_with(&format!("; frame-src {origin}")), "{policy}");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!page.body.contains("<script"), "nothing needs one");
    let next = page
        .body
        .split("content=\"0; url=")
        .nth(1)
        .expect("a refresh")
        .split('"')
        .next()
        .unwrap();
    let next = Url::parse(&next.replace("&#38;", "&")).unwrap();
    assert_eq!(next.as_str().split('?').next(), Some(partner.url("/bye").as_str()));
    assert_eq!(pairs(&next), [("state".to_owned(), "a&b\"c".to_owned())]);
    assert!(page.has("logout-continue"), "a visible way on");
    assert_eq!(page.cookie("avouch_session").as_deref(), Some(""));
}

#[tokio::test]
async fn without_frames_the_browser_goes_on_at_once() {
    let (partner, daemon) = stage();
    let app = App::at(&partner, &daemon, "quiet", &[]);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let page = log_out(&browser, tokens.id(), &partner, "s").await;
    assert_eq!(page.header("location"), partner.url("/bye?state=s"));
}

#[tokio::test]
async fn signing_out_on_our_own_pages_opens_the_frames_too() {
    let (partner, daemon) = stage();
    let app = app(&partner, &daemon, "/out");
    for way in ["home", "asked", "list", "everywhere"] {
        let browser = Browser::new(&daemon.issuer);
        let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
        let page = match way {
            "home" => browser.submit(&browser.get("/").await, &[]).await,
            "asked" => {
                browser
                    .submit(&browser.get("/logout").await, &[("decision", "leave")])
                    .await
            }
            "list" => browser.submit(&browser.get("/account/sessions").await, &[]).await,
            _ => {
                browser
                    .submit(&browser.get("/account/sessions").await, &[("end", "all")])
                    .await
            }
        };
        let frames = frames(&page);
        assert_eq!(frames.len(), 1, "{way}: {}", page.body);
        assert_eq!(
            pairs(&frames[0])[1].1,
            jwt::claims(tokens.id())["sid"].as_str().unwrap(),
            "{way}"
        );
        assert!(!page.body.contains("http-equiv"), "{way}: there is nowhere to go on to");
        let again = browser.get("/logout").await;
        assert_eq!(self::frames(&again).len(), 0, "{way}: once");
        assert!(!again.header("content-security-policy").contains("frame-src"));
    }
}

#[tokio::test]
async fn a_client_that_is_gone_or_has_moved_is_treated_as_it_is_now() {
    let (partner, daemon) = stage();
    let (moved, gone, disabled) = (
        app(&partner, &daemon, "/old"),
        app(&partner, &daemon, "/gone"),
        app(&partner, &daemon, "/disabled"),
    );
    let browser = Browser::new(&daemon.issuer);
    for app in [&moved, &gone, &disabled] {
        app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    }
    let uri = format!("frontchannel_logout_uri={}", partner.url("/new"));
    daemon.cli(&["client", "set", &moved.client_id, "--set", &uri]);
    daemon.cli(&["client", "remove", &gone.client_id]);
    daemon.cli(&["client", "disable", &disabled.client_id]);
    let page = browser.submit(&browser.get("/").await, &[]).await;
    let paths: Vec<String> = frames(&page).iter().map(|url| url.path().to_owned()).collect();
    assert_eq!(paths, ["/new"]);
}

#[tokio::test]
async fn in_a_real_browser_the_frames_are_loaded_and_then_it_goes_on() {
    let (partner, daemon) = stage();
    let (one, two) = (app(&partner, &daemon, "/one"), app(&partner, &daemon, "/two"));
    let html = |text: &str| Answer::of("text/html", format!("<title>{text}</title><p>{text}"));
    let slow = Duration::from_millis(700);
    partner.serve("/cb", html("signed in"));
    partner.serve("/one", html("one"));
    // Slower than a browser would be that did not wait.
    partner.serve("/two", html("two").after(slow));
    partner.serve("/bye", html("good bye"));
    for chromium in [Chromium::trusting().await, Chromium::trusting_without_scripts().await] {
        let before = partner.hits("/two");
        let sign_in = one.begin("openid", &[]);
        chromium.open(&sign_in.url).await;
        chromium.sign_in("alice", PASSWORD).await;
        chromium.wait_for_text("signed in").await;
        let code = code_in(&chromium.url().await);
        let tokens = one.redeem(&sign_in, &code).await;
        chromium.open(&two.begin("openid", &[]).url).await;
        chromium.wait_for_text("signed in").await;

        let params = [
            ("id_token_hint", tokens.id()),
            ("post_logout_redirect_uri", &partner.url("/bye")),
            ("state", "st"),
        ];
        let logout = Url::parse_with_params(&daemon.url("/logout"), &params).unwrap();
        let begun = Instant::now();
        chromium.open(logout.as_str()).await;
        chromium.wait_for_text("good bye").await;
        assert!(begun.elapsed() >= slow, "it did not wait for the frames");
        assert_eq!(chromium.url().await.as_str(), partner.url("/bye?state=st"));
        let sid = jwt::claims(tokens.id())["sid"].clone();
        for path in ["/one", "/two"] {
            let asked = partner.wait_for(path, before + 1).await;
            let url = Url::parse(&partner.url(&asked[before].path)).unwrap();
            assert_eq!(Value::from(pairs(&url)[1].1.clone()), sid);
            assert!(!asked[before].headers.contains_key("referer"));
        }
    }
}

fn code_in(url: &Url) -> String {
    let (_, code) = url.query_pairs().find(|(name, _)| name == "code").expect("a code");
    code.into_owned()
}
