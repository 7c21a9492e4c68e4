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

tokio::task_local! {
    static CURRENT: Rc<Spoken>;
}

/// What a request is answered in, as far as it is known.
pub struct Spoken {
    language: Cell<Language>,
    choice: Option<Choice>,
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
        if let Some(language) = now() {
            let interaction = query("interaction");
            return Self::new(language, Some(Choice { now: true, interaction }));
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
        Self::new(language, choice)
    }

    fn new(language: Language, choice: Option<Choice>) -> Rc<Self> {
        Rc::new(Self {
            language: Cell::new(language),
            choice,
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

/// Lets an interaction have its say, from now on in this request.
pub fn heed(interaction: &str, ui_locales: &str) {
    // Outside of a request there is nobody to speak to.
    let _ = CURRENT.try_with(|spoken| spoken.heed(interaction, ui_locales));
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
        Spoken::new(language, Some(Choice { now, interaction }))
    }

    #[test]
    fn what_the_client_asks_for_counts_unless_the_person_chose_on_its_page() {
        for (spoken, ui_locales, language) in [
            (Spoken::new(Language::En, None), "fr-CA de", Language::Fr),
            (Spoken::new(Language::Es, None), "tlh", Language::Es),
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
    fn there_is_a_language_outside_of_a_request() {
        heed("this", "fr");
        assert_eq!(current(), Language::En);
    }
}
