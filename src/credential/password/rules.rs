//! What may be chosen as a password (NIST SP 800-63B, 5.1.1.2; in revision 4 it is 3.1.1.2): long enough, and none of
//! those that are tried first. No rule about kinds of characters, which the same section forbids.

use unicode_normalization::UnicodeNormalization;

use crate::language::Words;

const SHORTEST: usize = 8;
const LONGEST: usize = 256;
/// Shorter names stand in too many words by chance.
const SHORTEST_NAME: usize = 3;
/// Letters and digits that a password has beside the names: more than a year.
const OF_ITS_OWN: usize = 5;

/// The passwords that are used most, folded, one a line in the order of their bytes; its head says where they come from.
/// That head goes into the binary with them, as their licence demands. Runs such as `12345678` are not in it: [`is_run`]
/// knows them.
const COMMON: &str = include_str!("common.txt");

/// Why a text may not be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 256 characters.
    TooLong,
    /// A NUL, at which other programs would cut it off.
    Nul,
    /// On the built-in list, however its letters are capitalised.
    Common,
    /// One character again and again, or characters that follow each other.
    Run,
    /// A name that belongs to the account or the service, and hardly anything else.
    Name,
    /// In the operator's list of passwords that were stolen elsewhere.
    Breached,
}

impl Refusal {
    /// What to say to whoever chose it.
    pub const fn words(self) -> Words {
        Words::new(match self {
            Self::TooShort => "refusal-password-too-short",
            Self::TooLong => "refusal-password-too-long",
            Self::Nul => "refusal-password-nul",
            Self::Common => "refusal-password-common",
            Self::Run => "refusal-password-run",
            Self::Name => "refusal-password-name",
            Self::Breached => "refusal-password-breached",
        })
    }
}

/// Whether `password` may be chosen by somebody with these names (username, e-mail address, the service's name): 8 to 256
/// Unicode scalar values, no NUL, and none of those that are guessed first. What normalization makes shorter than 8 is too
/// short as well.
pub fn acceptable(password: &str, names: &[&str]) -> Result<(), Refusal> {
    has_fit_length(password)?;
    if password.contains('\0') {
        return Err(Refusal::Nul);
    }
    let folded = fold(password);
    if is_run(&folded) {
        return Err(Refusal::Run);
    }
    if is_common(&folded) {
        return Err(Refusal::Common);
    }
    if is_little_more_than_a_name(&folded, names) {
        return Err(Refusal::Name);
    }
    Ok(())
}

fn has_fit_length(password: &str) -> Result<(), Refusal> {
    let typed = password.chars().take(LONGEST + 1).count();
    if typed > LONGEST {
        return Err(Refusal::TooLong);
    }
    if typed.min(password.nfkc().count()) < SHORTEST {
        return Err(Refusal::TooShort);
    }
    Ok(())
}

/// One form for comparing: NFKC and lower case. Who guesses tries capitals next.
fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

/// Each character is the one before, its successor or its predecessor, all in the same way.
fn is_run(folded: &str) -> bool {
    let characters: Vec<u32> = folded.chars().map(u32::from).collect();
    let step = |pair: &[u32]| i64::from(pair[1]) - i64::from(pair[0]);
    let mut steps = characters.windows(2).map(step);
    steps
        .next()
        .is_some_and(|first| (-1..=1).contains(&first) && steps.all(|next| next == first))
}

fn is_common(folded: &str) -> bool {
    let bare = folded.trim();
    common().any(|common| common == folded || common == bare)
}

fn common() -> impl Iterator<Item = &'static str> {
    COMMON.lines().filter(|line| !line.starts_with('#'))
}

/// The names and the parts of an address, longest first, so that `alice` is taken away before `ali`.
fn parts(names: &[&str]) -> Vec<String> {
    let is_part = |part: &&str| part.chars().count() >= SHORTEST_NAME;
    let mut parts: Vec<String> = names
        .iter()
        .flat_map(|name| {
            let name = fold(name);
            let inner: Vec<String> = name
                .split(|c: char| !c.is_alphanumeric())
                .filter(is_part)
                .map(str::to_owned)
                .collect();
            inner.into_iter().chain([name])
        })
        .filter(|part| is_part(&part.as_str()))
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

fn is_little_more_than_a_name(folded: &str, names: &[&str]) -> bool {
    let mut rest = folded.to_owned();
    for part in parts(names) {
        // A space in place of the name: what stood on both sides must not become another name.
        rest = rest.replace(&part, " ");
    }
    rest != folded && rest.chars().filter(|c| c.is_alphanumeric()).count() < OF_ITS_OWN
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 3] = ["alice", "Alice.Liddell@Wonder.example", "Avouch"];

    #[test]
    fn a_password_has_8_to_256_characters_of_any_kind() {
        for good in [
            "12345670",
            "pass phrase with spaces",
            "пароль12",
            "🔑🗝🔑🗝🔑🗝🔑🗝",
            &"xy".repeat(128),
            &"éa".repeat(128),
        ] {
            assert_eq!(acceptable(good, &[]), Ok(()), "{good}");
        }
        for (bad, refusal) in [
            ("", Refusal::TooShort),
            ("1234567", Refusal::TooShort),
            ("🔑🔑🔑🔑🔑🔑🔑", Refusal::TooShort),
            (&"x".repeat(257), Refusal::TooLong),
            (&"é".repeat(257), Refusal::TooLong),
            ("1234\x005678", Refusal::Nul),
        ] {
            assert_eq!(acceptable(bad, &[]), Err(refusal), "{bad}");
        }
    }

    #[test]
    fn characters_that_normalization_joins_count_once() {
        assert_eq!(acceptable(&"e\u{301}a\u{301}".repeat(3), &[]), Err(Refusal::TooShort));
        assert_eq!(acceptable(&"e\u{301}a\u{301}".repeat(4), &[]), Ok(()));
        let eighteen = acceptable("\u{fdfa}", &[]);
        assert_eq!(
            eighteen,
            Err(Refusal::TooShort),
            "one character that normalization makes eighteen"
        );
    }

    #[test]
    fn the_most_used_ones_are_refused_however_they_are_written() {
        for common in [
            "password",
            "Password",
            "PASSWORD",
            "ｐａｓｓｗｏｒｄ",
            " password ",
            "Password123",
            "P@ssw0rd",
            "trustno1",
            "iloveyou",
            "qwertyuiop",
            "1qaz2wsx",
            "Passwort1",
            "motdepasse",
            "CONTRASEÑA",
            "contrasen\u{303}a",
            "Summer2026",
            "CorrectHorseBatteryStaple",
        ] {
            assert_eq!(acceptable(common, &[]), Err(Refusal::Common), "{common}");
        }
        for good in ["correct horse", "battery staple", "demonstration", "password of mine"] {
            assert_eq!(acceptable(good, &NAMES), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_row_of_neighbours_is_refused() {
        for run in [
            "aaaaaaaa",
            "        ",
            "12345678",
            "987654321",
            "ABCDEFGHIJ",
            "abcdefgh",
            "あああああああああ",
        ] {
            assert_eq!(acceptable(run, &[]), Err(Refusal::Run), "{run}");
        }
        for good in ["aaaaaaab", "12345670", "acegikmoq", "abcdefgA"] {
            assert_eq!(acceptable(good, &[]), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_name_of_the_account_or_the_service_needs_more_beside_it() {
        for name in [
            "alicealice",
            "Alice2026",
            "ALICE-1999!",
            "aliceliddell",
            "liddell1",
            "alice.liddell@wonder.example",
            "avouch123",
            "avouchavouch",
            "!!avouch!!",
            "ａｌｉｃｅ２０２６",
        ] {
            assert_eq!(acceptable(name, &NAMES), Err(Refusal::Name), "{name}");
        }
        for good in ["alice in wonderland", "malice aforethought", "avouch for the rabbit"] {
            assert_eq!(acceptable(good, &NAMES), Ok(()), "{good}");
        }
        assert_eq!(acceptable("al1ce2026", &["al"]), Ok(()), "two letters are no name");
        assert_eq!(acceptable("Alice2026", &["bob"]), Ok(()), "somebody else's name");
        assert_eq!(
            acceptable("abcalicedef", &["alice", "cdef"]),
            Ok(()),
            "no name across a gap"
        );
    }

    #[test]
    fn the_list_is_sorted_folded_and_free_of_what_is_refused_anyway() {
        let lines: Vec<&str> = common().collect();
        assert!((1_000..=4_000).contains(&lines.len()), "{}", lines.len());
        assert!(lines.is_sorted_by(|a, b| a < b), "sorted, each once");
        for line in lines {
            assert_eq!(fold(line), line);
            assert_eq!(has_fit_length(line), Ok(()), "{line}");
            assert!(!is_run(line), "{line}");
        }
    }

    #[test]
    fn the_list_carries_the_notice_of_its_source_which_is_no_password() {
        let head: Vec<&str> = COMMON.lines().take_while(|line| line.starts_with('#')).collect();
        for notice in [
            "# Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.",
            "# Permission is hereby granted, free of charge, to any person obtaining",
        ] {
            assert!(head.contains(&notice), "{notice}");
            assert_eq!(acceptable(&notice.to_lowercase(), &[]), Ok(()));
            assert!(!is_common(notice));
        }
        assert_eq!(
            head.len() + common().count(),
            COMMON.lines().count(),
            "no remark further down"
        );
    }

    #[test]
    fn each_refusal_says_what_to_do_and_nothing_of_the_password() {
        for refusal in [Refusal::Common, Refusal::Run, Refusal::Name, Refusal::Breached] {
            assert!(
                refusal.words().to_string().contains("Choose another one"),
                "{refusal:?}"
            );
        }
        assert!(Refusal::TooShort.words().to_string().contains("at least 8"));
        assert!(Refusal::TooLong.words().to_string().contains("at most 256"));
    }

    proptest! {
        #[test]
        fn any_text_and_any_names_get_a_verdict(password: String, names: Vec<String>) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = acceptable(&password, &names);
        }

        #[test]
        fn capitals_change_no_verdict(password in "[a-z0-9]{8,20}") {
            prop_assert_eq!(acceptable(&password, &NAMES), acceptable(&password.to_uppercase(), &NAMES));
        }

        #[test]
        fn more_names_never_permit_more(password in "[a-z0-9 .]{8,20}", name in "[a-z]{1,6}") {
            if acceptable(&password, &[]).is_err() {
                prop_assert!(acceptable(&password, &[&name]).is_err());
            }
        }

        #[test]
        fn five_random_letters_beside_a_name_are_enough(own in "[bcdfghjkm]{5,12}") {
            let password = format!("alice{own}");
            prop_assume!(!is_common(&password));
            prop_assert_eq!(acceptable(&password, &["alice"]), Ok(()));
        }
    }
}
