//! Kinds of values: how each is written, and how its default is printed.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use super::{network::Network, source::Value};

/// A kind of value. What `print` writes is TOML, and `parse` reads it back.
pub(super) trait Setting: Sized {
    /// Understands a value, or says what was expected.
    fn parse(value: &Value) -> Result<Self, String>;
    /// The value as TOML.
    fn print(&self) -> String;
}

/// An error text: what was expected in place of `value`.
pub(super) fn expected<T>(what: &str, value: &Value) -> Result<T, String> {
    Err(format!("expected {what}, found {}", value.found()))
}

/// The value as text, whether from the file or from a variable.
pub(super) fn text<'a>(what: &str, value: &'a Value) -> Result<&'a str, String> {
    match value {
        Value::Text(text) | Value::Variable(text) => Ok(text),
        _ => expected(what, value),
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(words: &[(&str, T)], value: &Value) -> Result<T, String> {
    let names: Vec<_> = words.iter().map(|(name, _)| format!("{name:?}")).collect();
    let what = format!("one of {}", names.join(", "));
    let found = text(&what, value)?;
    words
        .iter()
        .find(|(name, _)| *name == found)
        .map_or_else(|| expected(&what, value), |(_, kind)| Ok(*kind))
}

/// The word for a value, as TOML.
pub(super) fn print_word<T: Copy + PartialEq>(words: &[(&str, T)], value: T) -> String {
    quote(
        words
            .iter()
            .find(|(_, kind)| *kind == value)
            .map_or("", |(name, _)| name),
    )
}

/// A TOML basic string.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `number` and `unit` of a text such as `15m`.
fn measure(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit))
}

/// The largest unit that measures `amount` exactly.
fn largest_unit(amount: u64, units: &[(&str, u64)]) -> String {
    let exact = |(_, size): &&(&str, u64)| amount != 0 && amount.is_multiple_of(*size);
    let (unit, size) = units
        .iter()
        .rev()
        .find(exact)
        .or(units.first())
        .copied()
        .unwrap_or(("", 1));
    quote(&format!("{}{unit}", amount / size))
}

fn parse_measure(what: &str, units: &[(&str, u64)], value: &Value) -> Result<u64, String> {
    let amount = measure(text(what, value)?).and_then(|(number, unit)| {
        let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
        number.checked_mul(*size)
    });
    amount.map_or_else(|| expected(what, value), Ok)
}

const TIMES: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

impl Setting for Duration {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "a duration: a whole number and s, m, h or d, such as \"90s\" or \"30d\"";
        parse_measure(what, &TIMES, value).map(Self::from_secs)
    }

    fn print(&self) -> String {
        largest_unit(self.as_secs(), &TIMES)
    }
}

/// That many seconds.
pub(super) const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// That many minutes.
pub(super) const fn minutes(number: u64) -> Duration {
    Duration::from_secs(number * 60)
}

/// That many hours.
pub(super) const fn hours(number: u64) -> Duration {
    Duration::from_secs(number * 3600)
}

/// That many days.
pub(super) const fn days(number: u64) -> Duration {
    Duration::from_secs(number * 86_400)
}

const SIZES: [(&str, u64); 4] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Size(u64);

impl Size {
    /// That many kibibytes.
    pub const fn kib(number: u64) -> Self {
        Self(number << 10)
    }

    /// That many mebibytes.
    pub const fn mib(number: u64) -> Self {
        Self(number << 20)
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of bytes as a length in memory.
    pub fn len(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Setting for Size {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "a size: a whole number and B, KiB, MiB or GiB, such as \"64KiB\"";
        parse_measure(what, &SIZES, value).map(Self)
    }

    fn print(&self) -> String {
        largest_unit(self.0, &SIZES)
    }
}

/// A whole number, which a variable writes as text.
fn number<T: TryFrom<i64>>(value: &Value) -> Result<T, String> {
    let number = match value {
        Value::Integer(number) => Some(*number),
        Value::Variable(text) => text.parse().ok(),
        _ => None,
    };
    let fitting = number.and_then(|number| T::try_from(number).ok());
    fitting.map_or_else(|| expected("a whole number that is not negative", value), Ok)
}

impl Setting for u32 {
    fn parse(value: &Value) -> Result<Self, String> {
        number(value)
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Setting for usize {
    fn parse(value: &Value) -> Result<Self, String> {
        number(value)
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Setting for bool {
    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Boolean(truth) => Ok(*truth),
            Value::Variable(text) if text == "true" => Ok(true),
            Value::Variable(text) if text == "false" => Ok(false),
            _ => expected("true or false", value),
        }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    fn parse(value: &Value) -> Result<Self, String> {
        text("a string", value).map(str::to_owned)
    }

    fn print(&self) -> String {
        quote(self)
    }
}

impl Setting for PathBuf {
    fn parse(value: &Value) -> Result<Self, String> {
        let path = text("a path", value)?;
        if path.is_empty() || path.contains('\0') {
            expected("a path", value)
        } else {
            Ok(path.into())
        }
    }

    fn print(&self) -> String {
        quote(&self.to_string_lossy())
    }
}

impl Setting for SocketAddr {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "an IP address and a port, such as \"127.0.0.1:3001\" or \"[::1]:3001\"";
        text(what, value)?.parse().or_else(|_| expected(what, value))
    }

    fn print(&self) -> String {
        quote(&self.to_string())
    }
}

impl Setting for Network {
    fn parse(value: &Value) -> Result<Self, String> {
        text("an address or a range such as 10.0.0.0/8", value)?.parse()
    }

    fn print(&self) -> String {
        quote(&self.to_string())
    }
}

/// An option that may be left out: the empty string says so.
impl<T: Setting> Setting for Option<T> {
    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) | Value::Variable(text) if text.is_empty() => Ok(None),
            _ => T::parse(value).map(Some),
        }
    }

    fn print(&self) -> String {
        self.as_ref().map_or_else(|| quote(""), T::print)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(T::parse).collect(),
            Value::Variable(text) if text.trim().is_empty() => Ok(Self::new()),
            Value::Variable(text) => text
                .split(',')
                .map(|item| T::parse(&Value::Text(item.trim().into())))
                .collect(),
            _ => expected("a list of strings", value),
        }
    }

    fn print(&self) -> String {
        format!("[{}]", self.iter().map(T::print).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse<T: Setting>(text: &str) -> Result<T, String> {
        T::parse(&Value::Text(text.into()))
    }

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        assert_eq!(parse("90s"), Ok(seconds(90)));
        assert_eq!(parse("15m"), Ok(minutes(15)));
        assert_eq!(parse("36h"), Ok(hours(36)));
        assert_eq!(parse("30d"), Ok(days(30)));
        for text in [
            "",
            "1",
            "h",
            "1.5h",
            "-1s",
            "1 h",
            "1H",
            "1w",
            "1h30m",
            "99999999999999999d",
            "٣s",
        ] {
            let error = parse::<Duration>(text).unwrap_err();
            assert!(error.starts_with("expected a duration"), "{text}: {error}");
        }
        assert!(Duration::parse(&Value::Integer(60)).unwrap_err().ends_with("found 60"));
    }

    #[test]
    fn a_size_is_a_number_and_a_binary_unit() {
        assert_eq!(parse::<Size>("512B").unwrap().len(), 512);
        assert_eq!(parse::<Size>("64KiB").unwrap().len(), 65_536);
        assert_eq!(parse::<Size>("64MiB").unwrap().get(), 67_108_864);
        assert_eq!(parse::<Size>("2GiB").unwrap().get(), 2_147_483_648);
        for text in [
            "",
            "64",
            "64K",
            "64KB",
            "64kib",
            "1.5MiB",
            "99999999999999999999B",
            "18446744073709551615KiB",
        ] {
            assert!(parse::<Size>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_variable_writes_numbers_truths_and_lists_as_text() {
        let variable = |text: &str| Value::Variable(text.into());
        assert_eq!(u32::parse(&variable("7")), Ok(7));
        assert_eq!(usize::parse(&variable("0")), Ok(0));
        assert_eq!(bool::parse(&variable("true")), Ok(true));
        assert_eq!(bool::parse(&variable("false")), Ok(false));
        assert_eq!(Vec::parse(&variable("a, b")), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(Vec::<String>::parse(&variable(" ")), Ok(vec![]));
        assert!(u32::parse(&variable("-1")).is_err());
        assert!(bool::parse(&variable("yes")).is_err());
    }

    #[test]
    fn the_file_must_use_the_right_toml_type() {
        assert!(u32::parse(&Value::Text("7".into())).is_err());
        assert!(bool::parse(&Value::Text("true".into())).is_err());
        assert!(Vec::<String>::parse(&Value::Text("a,b".into())).is_err());
        assert!(Vec::<String>::parse(&Value::List(vec![Value::Integer(1)])).is_err());
        assert!(String::parse(&Value::Boolean(true)).is_err());
        assert!(u32::parse(&Value::Integer(i64::MAX)).is_err());
    }

    #[test]
    fn the_empty_string_leaves_an_option_out() {
        assert_eq!(parse::<Option<SocketAddr>>(""), Ok(None));
        assert_eq!(parse("127.0.0.1:0"), Ok(Some(SocketAddr::from(([127, 0, 0, 1], 0)))));
        assert!(parse::<Option<SocketAddr>>("localhost:80").is_err());
        assert!(parse::<PathBuf>("").is_err());
    }

    #[test]
    fn a_quoted_string_is_toml() {
        let toml = format!("text = {}", quote("a \"b\" \\c"));
        let table: toml::Table = toml::from_str(&toml).unwrap();
        assert_eq!(table["text"].as_str(), Some("a \"b\" \\c"));
    }

    proptest! {
        #[test]
        fn every_duration_reads_back_as_printed(number in 0_u64..4_000_000_000) {
            let printed = seconds(number).print();
            prop_assert_eq!(parse(printed.trim_matches('"')), Ok(seconds(number)));
        }

        #[test]
        fn every_size_reads_back_as_printed(number: u64) {
            let printed = Size(number).print();
            prop_assert_eq!(parse::<Size>(printed.trim_matches('"')).map(Size::get), Ok(number));
        }

        #[test]
        fn no_text_makes_a_measure_fall(text in "[0-9]{0,24}[a-zA-Zß]{0,3}") {
            let _ = parse::<Duration>(&text);
            let _ = parse::<Size>(&text);
        }
    }
}
