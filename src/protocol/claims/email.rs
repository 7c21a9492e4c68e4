//! An address that mail can be sent to (RFC 5321, 4.1.2): less than the `email` claim may hold.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest address (RFC 5321, 4.5.3.1.3, less the brackets), in bytes.
const LONGEST: usize = 254;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1), in bytes.
const LONGEST_LOCAL: usize = 64;

/// A mailbox as SMTP names it: a plain ASCII local part as it was written, and a domain in ASCII and small letters. It holds no
/// space, no quote, no bracket and no control character, so that it cannot end a header or a command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    local: String,
    domain: String,
}

/// The text is not such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address that mail can be sent to")]
pub struct NotAnAddress;

impl EmailAddress {
    /// Understands what a person wrote; spaces around it are not part of it, and a domain of any script becomes ASCII (RFC 5891).
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let (local, domain) = text.trim().split_once('@').ok_or(NotAnAddress)?;
        if !is_local(local) {
            return Err(NotAnAddress);
        }
        let domain = match url::Host::parse(domain) {
            Ok(url::Host::Domain(domain)) if is_domain(&domain) => domain,
            _ => return Err(NotAnAddress),
        };
        if local.len() + 1 + domain.len() > LONGEST {
            return Err(NotAnAddress);
        }
        Ok(Self {
            local: local.to_owned(),
            domain,
        })
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands behind it, in ASCII.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

/// A Dot-string (RFC 5321, 4.1.2). Quoted ones are legal, nobody has one, and they may hold anything.
fn is_local(local: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= LONGEST_LOCAL && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(plain))
}

/// At least two labels (RFC 1123, 2.1), the last of which is no number.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_a_name = domain
        .rsplit('.')
        .next()
        .is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
    domain.contains('.') && domain.split('.').all(label) && last_is_a_name
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_kept_as_written_and_its_domain_in_small_ascii() {
        for (text, kept) in [
            ("alice@example.com", "alice@example.com"),
            (" Alice.B+tag@Example.COM ", "Alice.B+tag@example.com"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
            ("o'neil@a-b.example", "o'neil@a-b.example"),
            ("a@ｅxample．com", "a@example.com"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().to_string(), kept, "{text}");
        }
        let longest = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
        assert!(EmailAddress::parse(&longest).is_ok());
    }

    #[test]
    fn whatever_could_end_a_header_or_a_command_is_no_address() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_domain = format!("a@{}.example", ["b".repeat(61).as_str(); 4].join("."));
        for text in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "a@example.com.",
            "a@@example.com",
            "a b@example.com",
            "a@exam ple.com",
            "a@example.com\r\nBcc: b@example.com",
            "a\r\n@example.com",
            "\"a b\"@example.com",
            "<a@example.com>",
            "a,b@example.com",
            "a;b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "ünï@example.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@-b.example",
            "a@b_c.example",
            "a@example.com?subject=x",
            "a@example.com/x",
            "a\0@example.com",
            &long_local,
            &long_domain,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnAddress), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_understood_reads_back_and_is_plain(text in "\\PC{0,12}@\\PC{0,20}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                let written = address.to_string();
                prop_assert!(written.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(written.len() <= LONGEST && !written.contains(['<', '>', '"', ',', ';', '\\']));
                prop_assert_eq!(EmailAddress::parse(&written), Ok(address));
            }
        }
    }
}
