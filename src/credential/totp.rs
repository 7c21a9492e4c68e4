//! Codes of an authenticator app (TOTP, RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds. Apps know other parameters
//! from the URI and ignore them, so there are none.

use openssl::{error::ErrorStack, hash::MessageDigest};
use unicode_normalization::UnicodeNormalization;

use super::hmac;
use crate::{
    protocol::Timestamp,
    secret::{Secret, random_bytes},
};

/// Length of a time step (RFC 6238, 5.2).
pub const STEP: u64 = 30;
/// Steps by which a clock may differ, either way (RFC 6238, 6).
const WINDOW: u64 = 1;
const DIGITS: usize = 6;
/// RFC 4226, 4: 160 bits are recommended.
const SECRET_LENGTH: usize = 20;

/// A new shared secret.
pub fn new_secret() -> Secret<[u8; SECRET_LENGTH]> {
    Secret::new(random_bytes())
}

/// The secret that another system shows as base32, of a length that authenticator apps are given (RFC 4226, 4: 128 bits at least).
pub fn importable(base32: &str) -> Option<Secret<Vec<u8>>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    let letters = base32.chars().filter(|c| !c.is_whitespace() && *c != '-');
    for letter in letters.collect::<String>().trim_end_matches('=').chars() {
        let value = match letter.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            digit @ '2'..='7' => u32::from(digit) - u32::from('2') + 26,
            _ => return None,
        };
        bits = (bits << 5 | value) & 0xFFFF;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xFF));
        }
    }
    (16..=64).contains(&bytes.len()).then(|| Secret::new(bytes))
}

/// The time step of a moment.
pub fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.unix()).unwrap_or(0) / STEP
}

/// The step of which `typed` is the code, if that is this step or a neighbour, and later than `used`, the last one of which
/// a code was accepted (RFC 6238, 5.2: a code is accepted once). Spaces and full-width digits are understood.
pub fn matching_step(
    secret: &Secret<Vec<u8>>,
    typed: &str,
    now: Timestamp,
    used: Option<u64>,
) -> Result<Option<u64>, ErrorStack> {
    let Some(typed) = digits(typed) else { return Ok(None) };
    let present = step_at(now);
    let mut found = None;
    // All of them are computed: the time taken does not tell which one it was.
    for step in present.saturating_sub(WINDOW)..=present + WINDOW {
        let is_same = openssl::memcmp::eq(code(secret.expose(), step)?.as_bytes(), typed.as_bytes());
        if is_same && found.is_none() && used.is_none_or(|used| step > used) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// What an app scans: `otpauth://totp/ISSUER:ACCOUNT?…` (the Key URI format). Holds the secret.
pub fn uri(issuer: &str, account: &str, secret: &[u8]) -> Secret<String> {
    // Parameters that are the default are told too: some apps ask for them.
    Secret::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
        base32(secret),
        issuer = percent(issuer),
        account = percent(account),
    ))
}

/// base32 without padding (RFC 4648, 6): the secret for those who cannot scan.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (0..bytes.len() * 8)
        .step_by(5)
        .map(|at| char::from(ALPHABET[(at..at + 5).fold(0, |value, at| value << 1 | bit(at))]))
        .collect()
}

/// HOTP of a counter (RFC 4226, 5.3), which here is a time step.
fn code(secret: &[u8], step: u64) -> Result<String, ErrorStack> {
    let mac = hmac(MessageDigest::sha1(), secret, &step.to_be_bytes())?;
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 15);
    let truncated = mac
        .iter()
        .skip(offset)
        .take(4)
        .fold(0, |value: u32, byte| value << 8 | u32::from(*byte));
    let number = (truncated & 0x7fff_ffff) % 1_000_000;
    Ok(format!("{number:0DIGITS$}"))
}

fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.nfkc().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
    (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// RFC 3986, 2.1: everything but unreserved characters is escaped, the colon of the label above all.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            byte => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                let digits = [byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)]));
                escaped.extend(['%'].into_iter().chain(digits));
            }
        }
        escaped
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    #[test]
    fn what_another_system_shows_as_base32_is_read_back() {
        let bytes = |text: &str| importable(text).map(|secret| secret.expose().clone());
        let secret = *b"12345678901234567890";
        let text = base32(&secret);
        assert_eq!(bytes(&text), Some(secret.to_vec()));
        assert_eq!(
            bytes("gezd gnbv gy3t qojq-gezd gnbv gy3t qojq"),
            Some(secret.to_vec()),
            "as people copy it"
        );
        assert_eq!(bytes(&format!("{text}====")), Some(secret.to_vec()));
        for wrong in [
            "",
            "GEZDGNBV",
            "0EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "ÄEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        assert_eq!(bytes(&"A".repeat(104)), None, "65 bytes");
    }

    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    /// What an app would show.
    pub(crate) fn code_at(secret: &[u8], now: Timestamp) -> String {
        code(secret, step_at(now)).unwrap()
    }

    fn at(unix: i64) -> Timestamp {
        Timestamp::from_unix(unix)
    }

    fn matching(typed: &str, now: i64, used: Option<u64>) -> Option<u64> {
        matching_step(&Secret::new(RFC.to_vec()), typed, at(now), used).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        // Eight digits there: ours are the last six.
        for (unix, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(RFC, at(unix)), expected[2..], "{unix}");
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226_appendix_d() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ];
        for (counter, expected) in (0..).zip(expected) {
            assert_eq!(code(RFC, counter).unwrap(), expected, "{counter}");
        }
    }

    #[test]
    fn a_code_is_right_in_its_step_and_the_neighbours_and_nowhere_else() {
        let typed = code_at(RFC, at(1_000_000_020));
        let step = step_at(at(1_000_000_020));
        for (now, expected) in [
            (1_000_000_020 - 31, None),
            (1_000_000_020 - 30, Some(step)),
            (1_000_000_020, Some(step)),
            (1_000_000_020 + 29, Some(step)),
            (1_000_000_020 + 59, Some(step)),
            (1_000_000_020 + 60, None),
        ] {
            assert_eq!(matching(&typed, now, None), expected, "{now}");
        }
    }

    #[test]
    fn a_used_step_and_an_older_one_are_refused() {
        let now = 1_000_000_020;
        let step = step_at(at(now));
        let (present, before, after) = (
            code_at(RFC, at(now)),
            code_at(RFC, at(now - 30)),
            code_at(RFC, at(now + 30)),
        );
        assert_eq!(matching(&present, now, Some(step - 1)), Some(step));
        assert_eq!(matching(&present, now, Some(step)), None);
        assert_eq!(matching(&before, now, Some(step)), None);
        assert_eq!(matching(&after, now, Some(step)), Some(step + 1));
        assert_eq!(matching(&present, now, Some(step + 1)), None, "the clock was set back");
        assert_eq!(matching(&present, now, Some(u64::MAX)), None);
    }

    #[test]
    fn what_people_type_is_understood_and_what_is_no_code_is_not() {
        let now = 1_111_111_111;
        for right in ["050471", " 050 471 ", "０５０４７１", "05\u{a0}0471"] {
            assert!(matching(right, now, None).is_some(), "{right}");
        }
        for wrong in [
            "",
            "50471",
            "0504711",
            "14050471",
            "05047l",
            "-50471",
            "+50471",
            "٠٥٠٤٧١",
            "050471\0",
        ] {
            assert_eq!(matching(wrong, now, None), None, "{wrong}");
        }
    }

    #[test]
    fn the_first_seconds_of_1970_and_times_before_do_not_overflow() {
        let first = code_at(RFC, at(0));
        assert_eq!(matching(&first, 0, None), Some(0));
        assert_eq!(matching(&first, -1_000, None), Some(0));
        assert_eq!(matching(&first, i64::MAX, None), None);
    }

    #[test]
    fn base32_is_that_of_rfc_4648_10_without_padding() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), encoded);
        }
        assert_eq!(base32(new_secret().expose()).len(), 32);
    }

    #[test]
    fn the_uri_is_that_of_the_key_uri_format() {
        let uri = uri("Big Corporation: Ünï", "alice@google.com", b"Hello!\xde\xad\xbe\xef");
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Big%20Corporation%3A%20%C3%9Cn%C3%AF:alice%40google.com?secret=JBSWY3DPEHPK3PXP\
             &issuer=Big%20Corporation%3A%20%C3%9Cn%C3%AF&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn two_secrets_differ() {
        assert_ne!(new_secret(), new_secret());
    }

    proptest! {
        #[test]
        fn any_names_make_a_uri_that_reads_back(issuer: String, account: String) {
            let made = uri(&issuer, &account, RFC);
            let read = url::Url::parse(made.expose()).unwrap();
            let pairs: std::collections::HashMap<_, _> = read.query_pairs().collect();
            prop_assert_eq!(pairs["issuer"].as_ref(), issuer.as_str());
            prop_assert_eq!(pairs["secret"].as_ref(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
            prop_assert_eq!(read.path().matches(':').count(), 1);
            prop_assert_eq!(read.fragment(), None);
        }

        #[test]
        fn what_matches_is_later_than_what_was_used(now in 0i64..4_000_000_000, used: Option<u32>, typed in "[0-9]{6}") {
            let used = used.map(u64::from);
            if let Some(step) = matching(&typed, now, used) {
                prop_assert!(used.is_none_or(|used| step > used));
                prop_assert!(step.abs_diff(step_at(at(now))) <= WINDOW);
            }
        }

        #[test]
        fn any_text_may_be_typed(typed: String, now: i64) {
            let _ = matching(&typed, now, None);
        }
    }
}
