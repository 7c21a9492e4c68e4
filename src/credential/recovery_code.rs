//! Recovery codes: 60 random bits each, for paper. Kept as keyed digests, so that a stolen store does not give them away to
//! whoever tries all of them.

use openssl::{error::ErrorStack, hash::MessageDigest};
use unicode_normalization::UnicodeNormalization;

use super::hmac;
use crate::secret::{Secret, random_bytes};

/// Codes in a set.
pub const COUNT: usize = 10;

/// 32 letters and digits without those that are taken for each other: no 0, O, 1, I.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// A new code, `XXXX-XXXX-XXXX`.
pub fn new_code() -> Secret<String> {
    let symbols: String = random_bytes::<LENGTH>()
        .iter()
        // 256 is a multiple of 32, so each symbol is as likely as any other.
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<&str> = [0, 1, 2]
        .map(|group| &symbols[group * GROUP..(group + 1) * GROUP])
        .to_vec();
    Secret::new(groups.join("-"))
}

/// How a code is kept: bound to its person, under a key of the daemon. `None` when `typed` cannot be a code. Small letters,
/// spaces and dashes of any kind are understood.
pub fn digest(key: &Secret<[u8; 32]>, user_id: &str, typed: &str) -> Result<Option<String>, ErrorStack> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let Some(symbols) = symbols(typed) else { return Ok(None) };
    // The length of the id keeps ("ab", "c…") apart from ("a", "bc…").
    let message = [
        &(user_id.len() as u64).to_be_bytes(),
        user_id.as_bytes(),
        symbols.as_bytes(),
    ]
    .concat();
    let mac = hmac(MessageDigest::sha256(), key.expose(), &message)?;
    Ok(Some(URL_SAFE_NO_PAD.encode(mac)))
}

fn symbols(typed: &str) -> Option<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let symbols: String = typed
        .nfkc()
        .filter(|c| !is_between(*c))
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    (symbols.len() == LENGTH && symbols.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(symbols)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const KEY: Secret<[u8; 32]> = Secret::new([7; 32]);

    fn of(user_id: &str, typed: &str) -> Option<String> {
        digest(&KEY, user_id, typed).unwrap()
    }

    #[test]
    fn a_code_has_sixty_bits_in_letters_that_cannot_be_mistaken() {
        let codes: HashSet<String> = (0..1_000).map(|_| new_code().expose().clone()).collect();
        assert_eq!(codes.len(), 1_000);
        let mut seen = HashSet::new();
        for code in &codes {
            assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4], "{code}");
            assert!(!code.contains(['0', 'O', '1', 'I']), "{code}");
            seen.extend(code.chars().filter(|c| *c != '-'));
        }
        assert_eq!(seen.len(), 32, "5 bits a symbol");
    }

    #[test]
    fn a_code_is_read_however_it_is_written() {
        let expected = of("u1", "ABCD-EFGH-JK23").unwrap();
        for typed in [
            "abcd-efgh-jk23",
            "ABCDEFGHJK23",
            " abcd efgh jk23 ",
            "ABCD\u{2013}EFGH\u{2212}JK23",
            "ＡＢＣＤ－ＥＦＧＨ－ＪＫ２３",
        ] {
            assert_eq!(of("u1", typed).as_ref(), Some(&expected), "{typed}");
        }
        for typed in [
            "",
            "ABCD-EFGH-JK2",
            "ABCD-EFGH-JK234",
            "ABCD-EFGH-JK2O",
            "ABCD-EFGH-JK20",
            "ABCD-EFGH-JKéé",
            "ABCD_EFGH_JK23",
        ] {
            assert_eq!(of("u1", typed), None, "{typed}");
        }
    }

    #[test]
    fn a_digest_is_bound_to_the_person_and_the_daemon() {
        let code = new_code();
        let mine = of("u1", code.expose());
        assert_ne!(mine, of("u2", code.expose()));
        assert_ne!(mine, digest(&Secret::new([8; 32]), "u1", code.expose()).unwrap());
        assert!(!mine.unwrap().contains(&code.expose()[..4]));
        assert_ne!(of("u1A", "BCDE-FGHJ-KLMN"), of("u1", "ABCD-EFGH-JKLM"));
    }

    proptest! {
        #[test]
        fn any_text_may_be_typed(typed: String, user_id: String) {
            let _ = of(&user_id, &typed);
        }
    }
}
