//! `[sign_up]`: who may have an account without an operator's hand, and what the form asks.

use std::time::Duration;

use super::mail::Mail;
use crate::{
    config::{
        reader::Reader,
        setting::{Setting, days, hours, minutes, print_word, word},
        source::Value,
    },
    protocol::claims::email::EmailAddress,
};

/// Who may have an account without an operator's hand, and what the form asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUp {
    /// Who.
    pub mode: SignUpMode,
    /// The domains of the addresses that may, in ASCII and small letters; only for [`SignUpMode::Domain`].
    pub domains: Vec<String>,
    /// Where the username comes from.
    pub username: SignUpUsername,
    /// Standard claims that the form asks for, in its order.
    pub ask: Vec<String>,
    /// Those that must be told.
    pub require: Vec<String>,
    /// The terms that must be agreed to.
    pub terms: Option<String>,
    /// How long a sign-up waits for its address to be proven.
    pub lifetime: Duration,
    /// How long an invitation works, unless it says otherwise.
    pub invitation_lifetime: Duration,
}

/// Who may have an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpMode {
    /// Whom the operator adds.
    Closed,
    /// Whom the operator invites.
    Invitation,
    /// Those, and whoever has an address of certain domains.
    Domain,
    /// Whoever has an address.
    Open,
}

const MODES: [(&str, SignUpMode); 4] = [
    ("closed", SignUpMode::Closed),
    ("invitation", SignUpMode::Invitation),
    ("domain", SignUpMode::Domain),
    ("open", SignUpMode::Open),
];

impl Setting for SignUpMode {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&MODES, value)
    }

    fn print(&self) -> String {
        print_word(&MODES, *self)
    }
}

/// Where the username of a new account comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpUsername {
    /// It is the email address.
    Email,
    /// The person chooses one.
    Chosen,
}

const USERNAMES: [(&str, SignUpUsername); 2] = [("email", SignUpUsername::Email), ("chosen", SignUpUsername::Chosen)];

impl Setting for SignUpUsername {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&USERNAMES, value)
    }

    fn print(&self) -> String {
        print_word(&USERNAMES, *self)
    }
}

/// Whether the form asks for a profile attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskedAtSignUp {
    /// It does not.
    #[default]
    No,
    /// It may be left empty.
    Optional,
    /// It must be told.
    Required,
}

const ASKED: [(&str, AskedAtSignUp); 3] = [
    ("no", AskedAtSignUp::No),
    ("optional", AskedAtSignUp::Optional),
    ("required", AskedAtSignUp::Required),
];

impl Setting for AskedAtSignUp {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&ASKED, value)
    }

    fn print(&self) -> String {
        print_word(&ASKED, *self)
    }
}

/// The standard claims that a form can ask for: what people know by heart, and what is true because they say so.
pub const ASKABLE: [&str; 8] = [
    "given_name",
    "middle_name",
    "family_name",
    "name",
    "nickname",
    "birthdate",
    "phone_number",
    "website",
];

impl SignUp {
    /// Whether anybody can begin without an invitation.
    pub const fn is_open(&self) -> bool {
        matches!(self.mode, SignUpMode::Domain | SignUpMode::Open)
    }

    /// Whether invitations work.
    pub const fn takes_invitations(&self) -> bool {
        !matches!(self.mode, SignUpMode::Closed)
    }

    /// Whether whoever has this address may have an account. A domain is the whole domain: those below it are others.
    pub fn admits(&self, address: &EmailAddress) -> bool {
        match self.mode {
            SignUpMode::Open => true,
            SignUpMode::Domain => self.domains.iter().any(|domain| domain == address.domain()),
            SignUpMode::Closed | SignUpMode::Invitation => false,
        }
    }

    pub(in crate::config) fn read(r: &mut Reader<'_>, mail: &Mail) -> Self {
        let mode = r.option(
            "mode",
            SignUpMode::Closed,
            "Who may have an account: \"closed\" (whom `avouch user add` adds), \"invitation\" (whom `avouch invitation new` \
             invites, as well), \"domain\" (and whoever has an address of \"domains\"), or \"open\" (whoever has an address). \
             The last two need mail.host: an address is proven before there is an account.",
        );
        let domains = r.checked(
            "domains",
            Vec::new(),
            "The domains for \"domain\". Those below them are not meant, unless they stand here too.",
            |domains: &Vec<String>| domains.iter().try_for_each(|domain| canonical_domain(domain).map(drop)),
        );
        let username = r.option(
            "username",
            SignUpUsername::Email,
            "The username of a new account: \"email\" (the address) or \"chosen\" (by the person; the form then tells which \
             ones are taken).",
        );
        let known = format!("one of {}", ASKABLE.join(", "));
        let claims = |claims: &Vec<String>| are_askable(claims, &known);
        let ask = r.checked(
            "ask",
            Vec::new(),
            "The standard claims that the form asks for, which may be left empty: given_name, middle_name, family_name, name, \
             nickname, birthdate, phone_number, website. Attributes are asked for by attributes.NAME.sign_up.",
            claims,
        );
        let require = r.checked("require", Vec::new(), "The same, for those that must be told.", claims);
        let terms = r.checked(
            "terms",
            None,
            "The https URL of the terms that must be agreed to. Empty: none.",
            |terms: &Option<String>| match terms {
                Some(terms) if !is_https(terms) => Err(format!("expected an https URL, found {terms:?}")),
                _ => Ok(()),
            },
        );
        let sign_up = Self {
            mode,
            domains: domains
                .iter()
                .filter_map(|domain| canonical_domain(domain).ok())
                .collect(),
            username,
            ask,
            require,
            terms,
            lifetime: r.ranged(
                "lifetime",
                hours(24),
                minutes(1)..=days(7),
                "How long the link works that proves the address of a new account.",
            ),
            invitation_lifetime: r.ranged(
                "invitation_lifetime",
                days(7),
                minutes(1)..=days(90),
                "How long an invitation works, unless it is made with another lifetime.",
            ),
        };
        sign_up.check(r, mail);
        sign_up
    }

    fn check(&self, r: &mut Reader<'_>, mail: &Mail) {
        if self.is_open() && mail.host.is_none() {
            r.refuse(
                "mode",
                "expected mail.host to be set: the address of a new account is proven by a letter; without a mail server only \
                 \"closed\" and \"invitation\" work"
                    .to_owned(),
            );
        }
        if self.mode == SignUpMode::Domain && self.domains.is_empty() {
            let key = if r.is_set("domains") { "domains" } else { "mode" };
            r.refuse(key, "expected sign_up.domains to name those who may sign up".to_owned());
        }
        if let Some(twice) = self.require.iter().find(|claim| self.ask.contains(claim)) {
            r.refuse(
                "require",
                format!("expected each claim once, found {twice:?} in sign_up.ask too"),
            );
        }
    }
}

fn canonical_domain(domain: &str) -> Result<String, String> {
    match EmailAddress::parse(&format!("x@{domain}")) {
        Ok(address) => Ok(address.domain().to_owned()),
        Err(_) => Err(format!("expected domains such as \"example.com\", found {domain:?}")),
    }
}

fn are_askable(claims: &[String], known: &str) -> Result<(), String> {
    for (place, claim) in claims.iter().enumerate() {
        if !ASKABLE.contains(&claim.as_str()) {
            return Err(format!("expected {known}, found {claim:?}"));
        }
        if claims.iter().take(place).any(|earlier| earlier == claim) {
            return Err(format!("expected each claim once, found {claim:?} twice"));
        }
    }
    Ok(())
}

fn is_https(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    const MAIL: &str = "[mail]\nhost = \"mail.example.com\"\nfrom = \"no-reply@example.com\"\n";

    fn read(before: &str, lines: &str) -> Result<SignUp, String> {
        let source = Source {
            file: Some(("avouch.toml".into(), format!("{before}[sign_up]\n{lines}"))),
            env: Vec::new(),
        };
        let config = Config::parse(&source).map_err(|errors| errors.to_string())?;
        Ok(config.sign_up)
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn nobody_signs_up_unless_the_operator_says_so() {
        let sign_up = read("", "").unwrap();
        assert_eq!(
            (sign_up.mode, sign_up.username),
            (SignUpMode::Closed, SignUpUsername::Email)
        );
        assert!(!sign_up.is_open() && !sign_up.takes_invitations());
        assert!(!sign_up.admits(&address("a@example.com")));
        assert_eq!(sign_up.invitation_lifetime, Duration::from_hours(7 * 24));
    }

    #[test]
    fn what_proves_an_address_by_a_letter_needs_a_mail_server() {
        for mode in ["mode = \"open\"", "mode = \"domain\"\ndomains = [\"example.com\"]"] {
            let refused = read("", mode).unwrap_err();
            assert!(
                refused.contains("sign_up.mode") && refused.contains("mail.host"),
                "{refused}"
            );
            assert_eq!(refused.lines().count(), 1, "{refused}");
            let sign_up = read(MAIL, mode).unwrap();
            assert!(sign_up.is_open() && sign_up.takes_invitations());
        }
        let invited = read("", "mode = \"invitation\"").unwrap();
        assert!(invited.takes_invitations() && !invited.is_open() && !invited.admits(&address("a@example.com")));
    }

    #[test]
    fn a_domain_is_compared_whole_and_however_it_is_written() {
        // Threat 43.
        let lines = "mode = \"domain\"\ndomains = [\"Example.COM\", \"b\u{fc}cher.example\"]";
        let sign_up = read(MAIL, lines).unwrap();
        assert_eq!(sign_up.domains, ["example.com", "xn--bcher-kva.example"]);
        for admitted in [
            "a@example.com",
            "a@EXAMPLE.com",
            "a@B\u{dc}CHER.example",
            "a@\u{ff45}xample.com",
        ] {
            assert!(sign_up.admits(&address(admitted)), "{admitted}");
        }
        for other in [
            "a@mail.example.com",
            "a@notexample.com",
            "a@example.com.evil.example",
            "a@example.org",
            "example.com@evil.example",
        ] {
            assert!(!sign_up.admits(&address(other)), "{other}");
        }
    }

    #[test]
    fn an_option_that_cannot_be_is_refused_in_words() {
        for (lines, told) in [
            ("mode = \"friends\"", "sign_up.mode"),
            ("username = \"phone\"", "sign_up.username"),
            ("ask = [\"email\"]", "expected one of given_name"),
            ("require = [\"role\"]", "expected one of given_name"),
            ("ask = [\"name\", \"name\"]", "twice"),
            ("ask = [\"name\"]\nrequire = [\"name\"]", "sign_up.ask too"),
            ("terms = \"http://example.com/terms\"", "expected an https URL"),
            ("terms = \"terms.html\"", "expected an https URL"),
            ("domains = [\"@example.com\"]", "expected domains such as"),
            ("domains = [\"localhost\"]", "expected domains such as"),
            ("lifetime = \"8d\"", "sign_up.lifetime"),
            ("invitation_lifetime = \"91d\"", "sign_up.invitation_lifetime"),
            ("mode = \"domain\"", "sign_up.domains"),
        ] {
            let refused = read(MAIL, lines).unwrap_err();
            assert!(
                refused.contains(told) && refused.contains("expected"),
                "{lines}: {refused}"
            );
            assert_eq!(refused.lines().count(), 1, "{refused}");
        }
    }

    #[test]
    fn attributes_are_asked_for_where_they_are_declared() {
        let attributes =
            "[attributes.tier]\nsign_up = \"required\"\n[attributes.hardware_tier]\nsign_up = \"optional\"\n";
        let source = Source {
            file: Some(("avouch.toml".into(), attributes.to_owned())),
            env: Vec::new(),
        };
        let attributes = Config::parse(&source).unwrap().attributes;
        assert_eq!(attributes["tier"].sign_up, AskedAtSignUp::Required);
        assert_eq!(attributes["hardware_tier"].sign_up, AskedAtSignUp::Optional);
        assert_eq!(attributes["software_background"].sign_up, AskedAtSignUp::No);
    }
}
