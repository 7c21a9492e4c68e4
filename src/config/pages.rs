//! `[pages]`: what the pages say and look like.

use std::path::PathBuf;

use url::Url;

use super::{
    reader::Reader,
    setting::{Setting, expected, quote, text, word},
    source::Value,
};
use crate::language::Language;

/// What the pages say and look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The name of the provider, for its end-users.
    pub name: String,
    /// What is spoken where nobody wishes another language.
    pub language: Language,
    /// An SVG or PNG file in place of our seal.
    pub logo: Option<PathBuf>,
    /// The same for dark screens.
    pub logo_dark: Option<PathBuf>,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
    /// The operator's colour.
    pub accent: Option<Accent>,
    /// Where people find help.
    pub support: Option<WebPage>,
    /// Who runs this.
    pub imprint: Option<WebPage>,
    /// What is done with what is known.
    pub privacy: Option<WebPage>,
}

impl Setting for Language {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&Self::ALL.map(|language| (language.tag(), language)), value)
    }

    fn print(&self) -> String {
        quote(self.tag())
    }
}

/// A colour, written as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

impl Accent {
    /// Red, green and blue.
    pub const fn rgb(self) -> [u8; 3] {
        self.0
    }
}

impl Setting for Accent {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "a colour such as \"#0d6355\": # and six hexadecimal digits";
        let text = text(what, value)?;
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let all = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = all.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.map_or_else(
            || expected(what, value),
            |number| {
                let [_, red, green, blue] = number.to_be_bytes();
                Ok(Self([red, green, blue]))
            },
        )
    }

    fn print(&self) -> String {
        let [red, green, blue] = self.0;
        quote(&format!("#{red:02x}{green:02x}{blue:02x}"))
    }
}

/// A page of the operator's, by https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPage(String);

impl WebPage {
    /// Its URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for WebPage {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "the https URL of a page such as \"https://example.com/help\"";
        match Url::parse(text(what, value)?) {
            Ok(url) if url.scheme() == "https" && url.username().is_empty() && url.password().is_none() => {
                Ok(Self(url.into()))
            }
            _ => expected(what, value),
        }
    }

    fn print(&self) -> String {
        quote(&self.0)
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
        let logo = r.option(
            "logo",
            None,
            "Your logo: an SVG or PNG file of at most 256 KiB, read at the start. Shown 32 pixels high on every page, and in the \
             browser's tab. Empty: the seal of avouch.",
        );
        let logo_dark = r.option(
            "logo_dark",
            None,
            "Another one for people who prefer dark screens. Empty: the same.",
        );
        let show_name = r.option(
            "show_name",
            true,
            "Whether the name stands beside the logo. Set it to false when the logo shows the name itself.",
        );
        let accent = r.option(
            "accent",
            None,
            "Your colour, such as \"#7a1fa2\": of buttons, links and what surrounds them. Lighter and darker shades are made from \
             it so that everything stays legible, on light and on dark screens. Empty: the green of avouch.",
        );
        let support = r.option(
            "support",
            None,
            "The https URL of your page for people who need help. Linked on every page, as the two that follow.",
        );
        let imprint = r.option("imprint", None, "The https URL of your legal notice.");
        let privacy = r.option("privacy", None, "The https URL of your privacy policy.");
        Self {
            name,
            language,
            logo,
            logo_dark,
            show_name,
            accent,
            support,
            imprint,
            privacy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<T: Setting>(text: &str) -> Result<T, String> {
        T::parse(&Value::Text(text.to_owned()))
    }

    #[test]
    fn a_colour_is_a_hash_and_six_digits() {
        let accent: Accent = parse("#0D63ff").unwrap();
        assert_eq!(accent.rgb(), [0x0d, 0x63, 0xff]);
        assert_eq!(accent.print(), "\"#0d63ff\"");
        for bad in [
            "",
            "#",
            "0d6355",
            "#fff",
            "#0d63555",
            "#0d635g",
            "#+d6355",
            "teal",
            "rgb(1,2,3)",
        ] {
            assert!(parse::<Accent>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_of_the_operators_is_reached_by_https() {
        for good in [
            "https://example.com/help",
            "https://example.com/",
            "https://example.com/a?b=c#d",
        ] {
            assert_eq!(parse::<WebPage>(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "example.com",
            "http://example.com/",
            "https://me@example.com/",
            "javascript:alert(1)",
            "/help",
            "mailto:a@example.com",
        ] {
            assert!(parse::<WebPage>(bad).is_err(), "{bad}");
        }
    }
}
