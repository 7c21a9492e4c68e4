//! The languages that people are spoken to in: which there are, which of them somebody wants, and the words (Project Fluent).
//!
//! A message is one sentence with a name. The English catalogues are complete; what another language lacks is said in English.
//! Operators are spoken to in English alone, by plain Rust strings.

mod arguments;
#[cfg(test)]
mod catalogue_tests;
mod catalogues;
mod markup;
mod moment;
mod wish;
mod words;

use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};
use serde::{Deserialize, Serialize};

pub use self::{
    arguments::{Argument, Arguments},
    markup::Markup,
    words::Words,
};

/// A language of the pages and letters; written as its BCP 47 tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Japanese.
    Ja,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Ja];

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ja => "ja",
        }
    }

    /// What it calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Fran\u{e7}ais",
            Self::Es => "Espa\u{f1}ol",
            Self::Ja => "\u{65e5}\u{672c}\u{8a9e}",
        }
    }

    /// A message without arguments. One that no catalogue has is its own name, which a test keeps from happening.
    pub fn text(self, id: &str) -> String {
        self.format(id, None)
    }

    /// A message with arguments: `[("name", &name)]`, or a tuple of such pairs when they are of several kinds.
    pub fn text_with(self, id: &str, arguments: impl Arguments) -> String {
        let mut args = FluentArgs::new();
        arguments.each(&mut |name, argument| args.set(name.to_owned(), argument.value().into_owned()));
        self.format(id, Some(&args))
    }

    /// A message whose arguments may be markup. All else in it, from the catalogue or from arguments, is text and escaped.
    pub fn html(self, id: &str, arguments: impl Arguments) -> Markup {
        // What goes in stands as one character that no text has, until the sentence around it is escaped.
        let mut args = FluentArgs::new();
        let mut placed = Vec::new();
        arguments.each(&mut |name, argument| {
            let value = if let number @ FluentValue::Number(_) = argument.value() {
                number.into_owned()
            } else {
                let place = markup::place(placed.len());
                placed.push(argument.markup());
                place.to_string().into()
            };
            args.set(name.to_owned(), value);
        });
        markup::fill(&self.format(id, Some(&args)), &placed)
    }

    /// Several things in one sentence: `a, b, c`.
    pub fn list<T: AsRef<str>>(self, items: impl IntoIterator<Item = T>) -> String {
        let separator = self.text("moment-list-separator");
        let items: Vec<T> = items.into_iter().collect();
        items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&separator)
    }

    /// Several names in one sentence, each in its own direction of writing.
    pub fn names<T: AsRef<str>>(self, names: impl IntoIterator<Item = T>) -> Markup {
        markup::join(
            names.into_iter().map(|name| Markup::name(name.as_ref())),
            &self.text("moment-list-separator"),
        )
    }

    fn format(self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let said = |language: Self| catalogues::of(language).say(id, args);
        said(self).or_else(|| said(Self::En)).unwrap_or_else(|| id.to_owned())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_as_its_tag() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.tag());
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
        assert!(serde_json::from_str::<Language>("\"xx\"").is_err());
    }

    #[test]
    fn a_message_is_said_with_its_arguments() {
        let said = Language::En.text_with("moment-in-seconds", [("count", 1)]);
        assert_eq!(said, "1 second");
        assert_eq!(
            Language::En.text_with("moment-in-seconds", [("count", 7_u64)]),
            "7 seconds"
        );
    }

    #[test]
    fn a_message_that_nobody_wrote_is_its_name() {
        for language in Language::ALL {
            assert_eq!(language.text("no-such-message"), "no-such-message");
        }
    }

    #[test]
    fn several_things_stand_in_one_sentence() {
        assert_eq!(Language::En.list(["a", "b", "c"]), "a, b, c");
        assert_eq!(Language::En.list([String::from("a")]), "a");
        assert_eq!(Language::En.list::<&str>([]), "");
    }
}
