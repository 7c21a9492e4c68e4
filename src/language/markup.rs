//! Sentences with markup in them.

use std::fmt;

/// HTML that was made here, of escaped text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Escaped text.
    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// Somebody's or something's name, whatever its direction of writing.
    pub fn name(name: &str) -> Self {
        Self(format!("<bdi>{}</bdi>", escape(name)))
    }

    /// Such a name, on which the sentence turns.
    pub fn strong(name: &str) -> Self {
        Self(format!("<strong><bdi>{}</bdi></strong>", escape(name)))
    }

    /// What is to be typed or copied letter for letter.
    pub fn code(text: &str) -> Self {
        Self(format!("<code>{}</code>", escape(text)))
    }

    /// Such a text, selected as a whole.
    pub fn whole_code(text: &str) -> Self {
        Self(format!("<code class=\"whole\">{}</code>", escape(text)))
    }

    /// A link to a page of ours or to one that was checked to be one. Never a URL that a stranger wrote.
    pub fn link(href: &str, text: &str) -> Self {
        Self(format!("<a href=\"{}\">{}</a>", escape(href), escape(text)))
    }

    /// As it stands in a page.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text as it stands in a page, between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' => {
                escaped.push_str("&#");
                escaped.push_str(&u32::from(character).to_string());
                escaped.push(';');
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// One after the other, with a text between them.
pub(super) fn join(all: impl Iterator<Item = Markup>, between: &str) -> Markup {
    let all: Vec<String> = all.map(|markup| markup.0).collect();
    Markup(all.join(&escape(between)))
}

/// The first of the private characters that stand for what is placed in a sentence. No catalogue has one.
const PLACES: u32 = 0xE000;

/// Stands for the argument with that number.
pub(super) fn place(number: usize) -> char {
    u32::try_from(number)
        .ok()
        .and_then(|number| char::from_u32(PLACES + number))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Escapes a sentence and puts the arguments in their places; once, so that no argument can name another's place.
pub(super) fn fill(sentence: &str, placed: &[String]) -> Markup {
    let mut html = String::with_capacity(sentence.len());
    for character in sentence.chars() {
        let number = u32::from(character).checked_sub(PLACES).map(|number| number as usize);
        match number.and_then(|number| placed.get(number)) {
            Some(markup) => html.push_str(markup),
            None => html.push_str(&escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
    Markup(html)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_markup_is_made_of_is_escaped() {
        let evil = "<img src=x onerror='y'>&\"";
        let escaped = "&#60;img src=x onerror=&#39;y&#39;&#62;&#38;&#34;";
        assert_eq!(Markup::text(evil).as_str(), escaped);
        assert_eq!(Markup::name(evil).as_str(), format!("<bdi>{escaped}</bdi>"));
        assert_eq!(
            Markup::strong(evil).as_str(),
            format!("<strong><bdi>{escaped}</bdi></strong>")
        );
        assert_eq!(Markup::code(evil).as_str(), format!("<code>{escaped}</code>"));
        assert_eq!(
            Markup::whole_code(evil).as_str(),
            format!("<code class=\"whole\">{escaped}</code>")
        );
        assert_eq!(
            Markup::link(evil, evil).as_str(),
            format!("<a href=\"{escaped}\">{escaped}</a>")
        );
    }

    #[test]
    fn a_sentence_is_escaped_around_what_is_placed_in_it() {
        let sentence = format!("a <b> & {} or {}", place(0), place(1));
        let filled = fill(&sentence, &["<i>x</i>".to_owned(), "y".to_owned()]);
        assert_eq!(filled.as_str(), "a &#60;b&#62; &#38; <i>x</i> or y");
    }

    #[test]
    fn an_argument_cannot_name_the_place_of_another() {
        let sentence = format!("{}{}", place(0), place(1));
        let first = Markup::text(&place(1).to_string()).to_string();
        let filled = fill(&sentence, &[first.clone(), "<i>".to_owned()]);
        assert_eq!(filled.as_str(), format!("{first}<i>"));
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup(text in "(\\PC|[<>\"'&;]|\u{e000}|\u{e001}|<script>){0,24}") {
            let sentence = format!("{} {text}", place(0));
            let filled = fill(&sentence, &[Markup::text(&text).to_string()]);
            prop_assert!(!filled.as_str().contains(['<', '>', '"', '\'']));
        }
    }
}
