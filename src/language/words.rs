//! Something to say, before anybody knows to whom: a person reads it in their language, an operator in English.

use std::fmt;

use fluent_bundle::FluentValue;

use super::{Argument, Language};

/// A message with its arguments; or plain English, where only operators and developers read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Message(&'static str, Vec<(&'static str, Value)>),
    English(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(u64),
}

impl Argument for Value {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => text.value(),
            Self::Number(number) => number.value(),
        }
    }
}

impl Words {
    /// A message of the catalogues.
    pub const fn new(id: &'static str) -> Self {
        Self(Kind::Message(id, Vec::new()))
    }

    /// With an argument that is a text.
    #[must_use]
    pub fn with(self, name: &'static str, text: impl Into<String>) -> Self {
        self.and(name, Value::Text(text.into()))
    }

    /// With an argument that is a number.
    #[must_use]
    pub fn with_number(self, name: &'static str, number: u64) -> Self {
        self.and(name, Value::Number(number))
    }

    fn and(mut self, name: &'static str, value: Value) -> Self {
        if let Kind::Message(_, arguments) = &mut self.0 {
            arguments.push((name, value));
        }
        self
    }

    /// As a person reads it. Plain English stays what it is, but becomes a sentence.
    pub fn said_in(&self, language: Language) -> String {
        match &self.0 {
            Kind::Message(id, arguments) => language.text_with(id, arguments.as_slice()),
            Kind::English(text) => sentence(text),
        }
    }
}

/// As an operator reads it.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Message(..) => f.write_str(&self.said_in(Language::En)),
            Kind::English(text) => f.write_str(text),
        }
    }
}

impl From<String> for Words {
    fn from(english: String) -> Self {
        Self(Kind::English(english))
    }
}

impl From<&str> for Words {
    fn from(english: &str) -> Self {
        Self(Kind::English(english.to_owned()))
    }
}

/// What is worded for the end of a line at a terminal, as a sentence.
fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first: String = characters
        .next()
        .iter()
        .flat_map(|first| first.to_uppercase())
        .collect();
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_said_to_a_person_in_their_language_and_to_an_operator_in_english() {
        let words = Words::new("moment-in-days").with_number("count", 1);
        assert_eq!(words.said_in(Language::En), "1 day");
        assert_eq!(words.to_string(), "1 day");
        let words = Words::new("moment-at").with("day", "today").with("time", "12:00");
        assert_eq!(words.to_string(), "today, 12:00 UTC");
    }

    #[test]
    fn plain_english_becomes_a_sentence_for_a_person() {
        for (message, said) in [
            ("a password has a length", "A password has a length."),
            ("Choose a password.", "Choose a password."),
            ("\u{e4}h", "\u{c4}h."),
            ("", "."),
        ] {
            let words = Words::from(message).with("nothing", "is added");
            assert_eq!(words.said_in(Language::De), said);
            assert_eq!(words.to_string(), message);
        }
    }
}
