//! Which language somebody wants: by tag, by `ui_locales` and by `Accept-Language`.

use super::Language;

/// So many wishes are looked at; nobody has more, and a header can be long.
const MAX_WISHES: usize = 32;

impl Language {
    /// The language of a tag, whatever its region or script (RFC 4647, 3.4): `de-AT` is German. An underscore is forgiven.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language that we have in `ui_locales`, which stand in order of preference (OpenID Connect Core, 3.1.2.1).
    pub fn of_ui_locales(ui_locales: &str) -> Option<Self> {
        ui_locales
            .split_ascii_whitespace()
            .take(MAX_WISHES)
            .find_map(Self::of_tag)
    }

    /// The language that we have with the greatest weight in `Accept-Language` (RFC 9110, 12.5.4). `*` wishes nothing.
    pub fn of_accept_language(accept_language: &str) -> Option<Self> {
        let wishes = accept_language.split(',').take(MAX_WISHES).filter_map(|wish| {
            let mut parts = wish.split(';');
            let language = Self::of_tag(parts.next()?.trim())?;
            let weight = match parts.next() {
                None => 1000,
                Some(weight) => thousandths(weight.trim())?,
            };
            (weight > 0).then_some((language, weight))
        });
        // Of equals the first counts.
        let best = wishes.reduce(|best, wish| if wish.1 > best.1 { wish } else { best });
        best.map(|(language, _)| language)
    }
}

/// `q=0.8` in thousandths; `None` when it is not a weight.
fn thousandths(parameter: &str) -> Option<u32> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", _) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tag_names_a_language_by_its_first_part() {
        for (tag, language) in [
            ("de", Some(Language::De)),
            ("de-AT", Some(Language::De)),
            ("DE-ch-1996", Some(Language::De)),
            ("de_CH", Some(Language::De)),
            ("ja-JP-u-ca-japanese", Some(Language::Ja)),
            ("en-GB-oxendict", Some(Language::En)),
            ("den", None),
            ("d", None),
            ("*", None),
            ("-de", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn the_first_of_ui_locales_that_we_have_counts() {
        for (ui_locales, language) in [
            ("fr-CA fr en", Some(Language::Fr)),
            ("tlh sv es-MX de", Some(Language::Es)),
            ("  ja  ", Some(Language::Ja)),
            ("x_y not-a-tag-at-all", None),
            ("de;q=0.1", None),
            ("", None),
        ] {
            assert_eq!(Language::of_ui_locales(ui_locales), language, "{ui_locales}");
        }
    }

    #[test]
    fn the_greatest_weight_counts_and_of_equals_the_first() {
        for (header, language) in [
            ("de-AT", Some(Language::De)),
            ("en;q=0.5, fr;q=0.8, de;q=0.7", Some(Language::Fr)),
            ("fr, de", Some(Language::Fr)),
            ("sv, es;q=0.3", Some(Language::Es)),
            ("de;q=0, en;q=0.001", Some(Language::En)),
            ("de;q=1.000, fr", Some(Language::De)),
            ("de ; q = 0.4 , ja;q=0.41", Some(Language::Ja)),
            ("de;q=1.001, fr;q=0.1", Some(Language::Fr)),
            ("de;q=2, de;level=1, de;q=, de;q=0.1234, de;q=-1", None),
            ("*", None),
            ("*;q=0.9, es;q=0.1", Some(Language::Es)),
            ("de;q=0", None),
            (",,;,=;q", None),
            ("", None),
        ] {
            assert_eq!(Language::of_accept_language(header), language, "{header}");
        }
    }

    #[test]
    fn a_long_header_is_not_read_to_its_end() {
        let header = "xx,".repeat(100_000) + "de";
        assert_eq!(Language::of_accept_language(&header), None);
        assert_eq!(Language::of_ui_locales(&header.replace(',', " ")), None);
    }

    proptest! {
        #[test]
        fn no_wish_makes_it_fall(text in "(\\PC|[,;=q.0-9 *-]|de|fr){0,64}") {
            let _ = Language::of_accept_language(&text);
            let _ = Language::of_ui_locales(&text);
        }
    }
}
