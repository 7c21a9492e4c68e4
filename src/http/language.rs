//! The language that a request is answered in. In this order counts what the person chose on this page, what the client asked for
//! (`ui_locales`), what the person chose before, what the browser says (`Accept-Language`), and what the operator has set.

use std::{cell::Cell, future::Future, rc::Rc};

use actix_web::{
    HttpResponse,
    cookie::time::Duration,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
};

use super::{
    Site,
    browser::{cookie_name, our_cookie},
};
use crate::language::Language;

/// The parameter of any page that chooses its language, and all others from then on.
pub const CHOICE: &str = "lang";

/// The cookie that keeps the choice: a tag, and the interaction on whose page it was made.
pub const COOKIE: &str = "avouch_language";

/// The parameters of our own pages, which a choice of language keeps.
const KEPT: [&str; 3] = ["interaction", "to", "token"];

/// Longer ones are not written into a page once for every language.
const LONGEST_TARGET: usize = 2048;

tokio::task_local! {
    static CURRENT: Rc<Spoken>;
}

/// What a request is answered in, as far as it is known.
pub struct Spoken {
    language: Cell<Language>,
    choice: Option<Choice>,
    /// The page, ready for the choice of another language.
    here: Option<String>,
}

/// A language that a page offers.
pub struct LanguageChoice {
    /// Which.
    pub language: Language,
    /// The same page in it.
    pub href: String,
    /// Whether the page is in it already.
    pub is_current: bool,
}

/// What the person chose.
struct Choice {
    /// By this very request.
    now: bool,
    /// On a page of this interaction.
    interaction: Option<String>,
}

impl Spoken {
    /// What the request itself says.
    pub fn by(request: &ServiceRequest, site: &Site) -> Rc<Self> {
        let query = |name| parameter(request.query_string(), name);
        let now = || Language::of_tag(&query(CHOICE).filter(|_| *request.method() == Method::GET)?);
        let kept = || parse_kept(request.request().cookie(&cookie_name(site, COOKIE))?.value());
        let here = here(request, site);
        if let Some(language) = now() {
            let interaction = query("interaction");
            return Self::new(language, Some(Choice { now: true, interaction }), here);
        }
        let kept = kept();
        let asked = || Language::of_ui_locales(&query("ui_locales")?);
        let language = asked()
            .or(kept.as_ref().map(|(language, _)| *language))
            .or_else(|| accepted(request.headers()))
            .unwrap_or(site.idp.config().pages.language);
        let choice = kept.map(|(_, interaction)| Choice {
            now: false,
            interaction,
        });
        Self::new(language, choice, here)
    }

    fn new(language: Language, choice: Option<Choice>, here: Option<String>) -> Rc<Self> {
        Rc::new(Self {
            language: Cell::new(language),
            choice,
            here,
        })
    }

    /// Lets an interaction have its say: what its client asked for counts, unless the person chose on a page of this interaction.
    fn heed(&self, interaction: &str, ui_locales: &str) {
        let chosen = self.choice.as_ref().is_some_and(|choice| {
            choice.now
                || choice
                    .interaction
                    .as_deref()
                    .is_some_and(|chosen| chosen == interaction)
        });
        if let Some(language) = Language::of_ui_locales(ui_locales).filter(|_| !chosen) {
            self.language.set(language);
        }
    }

    /// Tells on a page which language it is in, and keeps what the person has chosen.
    pub fn tell<B>(&self, site: &Site, response: &mut HttpResponse<B>) {
        let headers = response.headers_mut();
        let is_page = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
        if !headers.get(header::CONTENT_TYPE).is_some_and(is_page) {
            return;
        }
        let language = self.language.get();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        if let Some(choice) = self.choice.as_ref().filter(|choice| choice.now) {
            let cookie = our_cookie(site, COOKIE, write_kept(language, choice), Duration::days(365));
            // A cookie of ours is always a header; without it the choice holds for this page.
            let _ = response.add_cookie(&cookie);
        }
    }
}

/// Answers a request in its language.
pub async fn scope<F: Future>(spoken: Rc<Spoken>, answer: F) -> F::Output {
    CURRENT.scope(spoken, answer).await
}

/// The language of the request that this task answers; English where there is none.
pub fn current() -> Language {
    CURRENT.try_with(|spoken| spoken.language.get()).unwrap_or_default()
}

/// The languages that the page of this request can be had in; none where it cannot be asked for again.
pub fn choices() -> Vec<LanguageChoice> {
    let here = CURRENT.try_with(|spoken| spoken.here.clone()).ok().flatten();
    let current = current();
    let choice = |here: &String| {
        let choice = |language: Language| LanguageChoice {
            language,
            href: format!("{here}{CHOICE}={language}"),
            is_current: language == current,
        };
        Language::ALL.map(choice).into()
    };
    here.as_ref().map(choice).unwrap_or_default()
}

/// Lets an interaction have its say, from now on in this request.
pub fn heed(interaction: &str, ui_locales: &str) {
    // Outside of a request there is nobody to speak to.
    let _ = CURRENT.try_with(|spoken| spoken.heed(interaction, ui_locales));
}

/// The page of a request, for links that end with a parameter. A form's page is where the form was.
fn here(request: &ServiceRequest, site: &Site) -> Option<String> {
    let base = site.base();
    if *request.method() == Method::GET {
        return link(request.uri().path_and_query()?.as_str(), base);
    }
    let referrer = request.headers().get(header::REFERER)?.to_str().ok()?;
    let target = referrer.strip_prefix(site.origin())?;
    // Some pages hide their URL, which holds a secret: then only the host is told.
    let is_hidden = target == "/" && request.path() != format!("{base}/");
    link(target, base).filter(|_| !is_hidden)
}

/// A path of ours with what its query says of the page, up to where a parameter can be added. A link of the page leads there, so it
/// must not be able to lead to another host, nor repeat what a stranger wrote into the URL.
fn link(target: &str, base: &str) -> Option<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let rest = path.strip_prefix(base)?;
    let is_ours = rest.starts_with('/') && !rest.starts_with("//") && !target.contains('\\');
    if !is_ours || target.len() > LONGEST_TARGET {
        return None;
    }
    let is_kept = |pair: &&str| {
        pair.split_once('=')
            .is_some_and(|(name, value)| KEPT.contains(&name) && value.bytes().all(is_of_a_word))
    };
    let kept = query
        .split('&')
        .filter(is_kept)
        .fold(String::new(), |all, pair| all + pair + "&");
    Some(format!("{path}?{kept}"))
}

/// Identities, tokens and the names of our pages are made of these.
fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

fn parameter(query: &str, wanted: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}

fn accepted(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE);
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    Language::of_accept_language(&lines.join(","))
}

/// `de` or `de.INTERACTION`.
fn parse_kept(cookie: &str) -> Option<(Language, Option<String>)> {
    let (tag, interaction) = cookie
        .split_once('.')
        .map_or((cookie, None), |(tag, interaction)| (tag, Some(interaction.to_owned())));
    Some((Language::of_tag(tag)?, interaction))
}

fn write_kept(language: Language, choice: &Choice) -> String {
    // An identity of ours is such a word; whatever else stands in the URL is none.
    let is_ours = |id: &&String| id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    match choice.interaction.as_ref().filter(is_ours) {
        Some(interaction) => format!("{language}.{interaction}"),
        None => language.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(language: Language, now: bool, interaction: Option<&str>) -> Rc<Spoken> {
        let interaction = interaction.map(str::to_owned);
        Spoken::new(language, Some(Choice { now, interaction }), None)
    }

    #[test]
    fn what_the_client_asks_for_counts_unless_the_person_chose_on_its_page() {
        for (spoken, ui_locales, language) in [
            (Spoken::new(Language::En, None, None), "fr-CA de", Language::Fr),
            (Spoken::new(Language::Es, None, None), "tlh", Language::Es),
            (spoken(Language::De, false, None), "fr", Language::Fr),
            (spoken(Language::De, false, Some("other")), "fr", Language::Fr),
            (spoken(Language::De, false, Some("this")), "fr", Language::De),
            (spoken(Language::De, true, None), "fr", Language::De),
        ] {
            spoken.heed("this", ui_locales);
            assert_eq!(spoken.language.get(), language);
        }
    }

    #[test]
    fn a_kept_choice_reads_back() {
        for (interaction, kept) in [
            (None, "ja"),
            (Some("Ab-_9"), "ja.Ab-_9"),
            (Some("a; Path=/"), "ja"),
            (Some("\u{e9}"), "ja"),
        ] {
            let choice = Choice {
                now: true,
                interaction: interaction.map(str::to_owned),
            };
            let written = write_kept(Language::Ja, &choice);
            assert_eq!(written, kept);
            let (language, read) = parse_kept(&written).unwrap();
            assert_eq!(language, Language::Ja);
            assert!(read.is_none() || read.as_deref() == interaction);
        }
        assert!(parse_kept("xx.yy").is_none());
    }

    #[test]
    fn a_page_links_to_itself_and_nowhere_else() {
        for (target, base, expected) in [
            ("/login", "", Some("/login?")),
            ("/login?interaction=a&lang=de", "", Some("/login?interaction=a&")),
            ("/?lang=de&&next=x&lang&to=y&to", "", Some("/?to=y&")),
            ("/login?to=//evil.example&interaction=%22", "", Some("/login?")),
            ("/realm/setup?token=b", "/realm", Some("/realm/setup?token=b&")),
            ("/login", "/realm", None),
            ("/realmlogin", "/realm", None),
            ("//evil.example/", "", None),
            ("/realm//evil.example/", "/realm", None),
            ("/\\evil.example/", "", None),
            ("https://evil.example/", "", None),
            ("@evil.example/", "", None),
            ("", "", None),
        ] {
            assert_eq!(link(target, base).as_deref(), expected, "{target}");
        }
        assert_eq!(link(&format!("/{}", "x".repeat(LONGEST_TARGET)), ""), None);
    }

    #[test]
    fn there_is_a_language_outside_of_a_request() {
        heed("this", "fr");
        assert_eq!(current(), Language::En);
    }
}
