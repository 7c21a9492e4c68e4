//! The operator's look: name, logo, colour and links.

use reqwest::StatusCode;

use super::walk;
use crate::support::{
    Browser, Daemon, Page,
    html::{attribute, tags},
};

const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 32\"><script>alert(1)</script>\
                    <rect width=\"90\" height=\"32\" fill=\"#7a1fa2\"/></svg>";

/// A folder with a logo in it.
fn folder(name: &str, content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn of_an_operator(folder: &tempfile::TempDir) -> Daemon {
    let logo = folder.path().join("logo.svg");
    Daemon::builder()
        .set("pages.name", "Acme & Söhne")
        .set("pages.logo", logo.to_str().unwrap())
        .set("pages.accent", "#ffd800")
        .set("pages.support", "https://acme.example/help?a=1&b=2")
        .set("pages.imprint", "https://acme.example/imprint")
        .set("pages.privacy", "https://acme.example/privacy")
        .start()
}

fn attribute_of(page: &Page, tag: &str, sign: &str, name: &str) -> String {
    let found = tags(&page.body, tag).find(|tag| tag.contains(sign));
    attribute(found.unwrap_or_else(|| panic!("{sign}: {}", page.body)), name).unwrap()
}

#[tokio::test]
async fn name_logo_colour_and_links_are_on_every_page() {
    let folder = folder("logo.svg", LOGO.as_bytes());
    let daemon = of_an_operator(&folder);
    let browser = Browser::new(&daemon.issuer);
    for path in ["/", "/login", "/nothing", "/logout"] {
        let page = browser.get(path).await;
        assert!(
            page.body.contains("<bdi>Acme &#38; Söhne</bdi>"),
            "{path}: {}",
            page.body
        );
        assert!(page.body.contains(" · Acme &#38; Söhne</title>"), "{path}");
        let logo = attribute_of(&page, "img", "height=\"32\"", "src");
        assert_eq!(attribute_of(&page, "link", "rel=\"icon\"", "href"), logo, "{path}");
        assert_eq!(attribute_of(&page, "link", "rel=\"icon\"", "type"), "image/svg+xml");
        for (words, url) in [
            (">Help<", "https://acme.example/help?a=1&b=2"),
            (">Legal notice<", "https://acme.example/imprint"),
            (">Privacy<", "https://acme.example/privacy"),
        ] {
            let (before, _) = page
                .body
                .split_once(words)
                .unwrap_or_else(|| panic!("{words}: {}", page.body));
            let link = before.rsplit_once("<a").unwrap().1;
            assert_eq!(attribute(link, "href").as_deref(), Some(url), "{path}");
            assert_eq!(attribute(link, "rel").as_deref(), Some("noopener"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_logo_is_served_so_that_it_can_run_nothing() {
    let folder = folder("logo.svg", LOGO.as_bytes());
    let daemon = of_an_operator(&folder);
    let browser = Browser::new(&daemon.issuer);
    let src = attribute_of(&browser.get("/").await, "img", "height=\"32\"", "src");
    let logo = browser.get(&src).await;
    assert_eq!((logo.status, logo.body.as_str()), (StatusCode::OK, LOGO));
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert_eq!(
        logo.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    );
    assert_eq!(logo.header("x-content-type-options"), "nosniff");
    assert_eq!(logo.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(logo.set_cookies.is_empty());
    // The file has changed meanwhile: what was checked at the start is what is served.
    std::fs::write(folder.path().join("logo.svg"), "<html>").unwrap();
    assert_eq!(browser.get(&src).await.body, LOGO);
}

#[tokio::test]
async fn the_colour_comes_in_a_stylesheet_of_another_name_and_without_inline_style() {
    let folder = folder("logo.svg", LOGO.as_bytes());
    let (daemon, plain) = (of_an_operator(&folder), Daemon::start());
    let mut names = Vec::new();
    for daemon in [&daemon, &plain] {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get("/").await;
        assert!(!page.body.contains("style=") && !page.body.contains("<style"));
        assert!(page.header("content-security-policy").contains("style-src 'self';"));
        let href = attribute_of(&page, "link", "rel=\"stylesheet\"", "href");
        let css = browser.get(&href).await;
        assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
        names.push((href, css.body));
    }
    let (branded, plain) = (&names[0], &names[1]);
    assert_ne!(branded.0, plain.0);
    // Yellow: written on in black.
    assert!(branded.1.contains("--fill: #ffd800;") && branded.1.contains("--on-fill: #000000;"));
    assert!(branded.1.starts_with(&plain.1) && !plain.1.contains("#ffd800"));
}

#[tokio::test]
async fn a_logo_with_the_name_in_it_says_the_name_to_those_who_do_not_see_it() {
    let folder = folder("logo.png", b"\x89PNG\r\n\x1a\n....");
    let file = folder.path().join("logo.png");
    let daemon = Daemon::builder()
        .set("pages.name", "Acme")
        .set("pages.logo", file.to_str().unwrap())
        .set("pages.logo_dark", file.to_str().unwrap())
        .set("pages.show_name", "false")
        .start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/").await;
    assert_eq!(attribute_of(&page, "img", "height=\"32\"", "alt"), "Acme");
    let header = page.body.split("</header>").next().unwrap();
    assert!(!header.contains("<bdi>Acme</bdi>"), "{header}");
    let dark = attribute_of(&page, "source", "prefers-color-scheme: dark", "srcset");
    assert_eq!(browser.get(&dark).await.header("content-type"), "image/png");
    assert_eq!(attribute_of(&page, "link", "rel=\"icon\"", "type"), "image/png");
}

#[test]
fn a_logo_that_cannot_be_shown_is_told_before_anything_starts() {
    let daemon = Daemon::start();
    let large = vec![b' '; 300 << 10];
    for (content, said) in [
        (Some(&b"<html></html>"[..]), "is neither an SVG nor a PNG picture"),
        (Some(&large[..]), "a logo has at most 262144"),
        (None, "cannot be read"),
    ] {
        let file = daemon.dir().join("picture");
        match content {
            Some(content) => std::fs::write(&file, content).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        for arguments in [&["config", "check"][..], &["serve"]] {
            let mut command = daemon.command();
            command
                .args(arguments)
                .env("AVOUCH__PAGES__LOGO", &file)
                .env("AVOUCH__SERVER__LISTEN", "127.0.0.1:0");
            let output = command.output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
            assert!(stderr.contains("pages.logo") && stderr.contains(said), "{stderr}");
        }
    }
}

#[tokio::test]
async fn without_a_word_no_page_leads_elsewhere() {
    let daemon = walk::daemon();
    for (name, page) in walk::every_page(&daemon).await {
        let foot = page
            .body
            .split_once("<footer")
            .map(|(_, foot)| foot)
            .unwrap_or_default();
        assert!(!foot.contains("://"), "{name}: {foot}");
    }
}
