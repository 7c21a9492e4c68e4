//! `[pages]`: what the pages say.

use super::{
    reader::Reader,
    setting::{Setting, quote, word},
    source::Value,
};
use crate::language::Language;

/// What the pages say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The name of the provider, for its end-users.
    pub name: String,
    /// What is spoken where nobody wishes another language.
    pub language: Language,
}

impl Setting for Language {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&Self::ALL.map(|language| (language.tag(), language)), value)
    }

    fn print(&self) -> String {
        quote(self.tag())
    }
}

impl Pages {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let doc = "The name that pages show to end-users, 1 to 64 characters.";
        let name = r.checked("name", "avouch".to_owned(), doc, |name: &String| {
            let long = !(1..=64).contains(&name.chars().count());
            if long || name.trim() != name || name.chars().any(char::is_control) {
                return Err(format!(
                    "expected 1 to 64 characters without spaces at the ends, found {name:?}"
                ));
            }
            Ok(())
        });
        let language = r.option(
            "language",
            Language::En,
            "What pages and letters are written in where nobody wishes another language: \"en\", \"de\", \"fr\", \"es\" or \"ja\".",
        );
        Self { name, language }
    }
}
