//! Spans of time as operators write them: a whole number and `s`, `m`, `h` or `d`.

/// Reads `30s`, `15m`, `24h`, `7d`, or a bare number of seconds; gives seconds.
pub fn parse_seconds(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 60 * 60),
        Some((at, 'd')) => (&text[..at], 24 * 60 * 60),
        _ => (text, 1),
    };
    let plain = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    number
        .parse::<u64>()
        .ok()
        .filter(|_| plain)
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "expected a whole number and s, m, h or d, for example 24h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_make_seconds() {
        let cases = [
            ("0s", 0),
            ("0", 0),
            ("30s", 30),
            ("15m", 900),
            ("24h", 86_400),
            ("7d", 604_800),
            ("3600", 3600),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_seconds(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "s",
            "h",
            "-1s",
            "+1s",
            "1.5h",
            "1 h",
            "1w",
            "24H",
            "1h30m",
            "½h",
            "99999999999999999999s",
        ] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
        assert!(parse_seconds(&format!("{}d", u64::MAX)).is_err());
    }
}
