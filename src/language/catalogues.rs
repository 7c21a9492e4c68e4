//! The catalogues, embedded in the binary: `locales/LANGUAGE/AREA.ftl`. Each language is parsed once, when it is first spoken.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::Language;

/// One line per area, with the languages that have a file for it. A test refuses files that no line names.
macro_rules! areas {
    ($($area:ident: $($language:ident)+;)+) => {
        /// Language tag, area and text of every catalogue.
        pub(super) const CATALOGUES: &[(&str, &str, &str)] = &[$($((
            stringify!($language),
            stringify!($area),
            include_str!(concat!("../../locales/", stringify!($language), "/", stringify!($area), ".ftl")),
        ),)+)+];
    };
}

areas! {
    account: en de fr es ja;
    account_choice: en de fr es ja;
    account_email: en de fr es ja;
    consent: en de fr es ja;
    demo: en de fr es ja;
    error: en de fr es ja;
    form_post: en de fr es ja;
    home: en de fr es ja;
    layout: en de fr es ja;
    logout: en de fr es ja;
    mail: en de fr es ja;
    moment: en de fr es ja;
    passkeys: en de fr es ja;
    password_reset: en de fr es ja;
    refusal: en de fr es ja;
    second_step: en de fr es ja;
    sessions: en de fr es ja;
    setup: en de fr es ja;
    sign_in: en de fr es ja;
    sign_up: en de fr es ja;
}

/// Everything that can be said in one language.
pub(super) struct Catalogue(FluentBundle<FluentResource>);

/// The catalogue of a language.
pub(super) fn of(language: Language) -> &'static Catalogue {
    static ALL: [LazyLock<Catalogue>; 5] = [
        LazyLock::new(|| Catalogue::parse(Language::En)),
        LazyLock::new(|| Catalogue::parse(Language::De)),
        LazyLock::new(|| Catalogue::parse(Language::Fr)),
        LazyLock::new(|| Catalogue::parse(Language::Es)),
        LazyLock::new(|| Catalogue::parse(Language::Ja)),
    ];
    let [en, de, fr, es, ja] = &ALL;
    match language {
        Language::En => en,
        Language::De => de,
        Language::Fr => fr,
        Language::Es => es,
        Language::Ja => ja,
    }
}

impl Catalogue {
    fn parse(language: Language) -> Self {
        // Its plural rules.
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolating characters would stand in letters and attributes too; on pages <bdi> does it.
        bundle.set_use_isolating(false);
        for (_, _, text) in CATALOGUES.iter().filter(|(tag, ..)| *tag == language.tag()) {
            // A test parses them all and refuses errors; here a broken message is only lacking.
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
        }
        Self(bundle)
    }

    /// A message; `None` when this language lacks it.
    pub(super) fn say(&self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.0.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let said = self.0.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::debug!(id, ?errors, "a message was not said as it was meant");
        }
        Some(said)
    }
}
