//! `[mail]`: how letters leave (SMTP, RFC 5321 and RFC 6409), and how long the links in them work.

use std::{net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use crate::{
    config::{
        reader::Reader,
        setting::{Setting, days, expected, hours, minutes, print_word, quote, seconds, text, word},
        source::Value,
    },
    protocol::claims::email::EmailAddress,
};

/// How letters leave, and how long the links in them work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The server that takes letters; without one none are sent, and operators hand links out.
    pub host: Option<String>,
    /// Its port as configured, 0 meaning the usual one; see [`Mail::port_used`].
    pub port: u32,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// Whether letters may go in clear to a host that is not this machine.
    pub allow_plaintext: bool,
    /// Whom we sign in as; nobody when absent.
    pub username: Option<String>,
    /// The file of the password.
    pub password_file: Option<PathBuf>,
    /// Whom letters come from; there is one whenever there is a host.
    pub from: Option<Mailbox>,
    /// Where answers go, when not to `from`.
    pub reply_to: Option<Mailbox>,
    /// How long one delivery may take.
    pub timeout: Duration,
    /// Certificate authorities in PEM that are believed besides those of the web.
    pub ca_file: Option<PathBuf>,
    /// How long a link works that proves an address.
    pub verify_lifetime: Duration,
    /// How long a link works that sets a new password.
    pub reset_lifetime: Duration,
    /// Letters that strangers can have sent to one account before they must wait.
    pub per_account: u32,
    /// The first wait for a letter in one name; each further one doubles it.
    pub delay: Duration,
    /// Letters that can be asked for from one address before it must wait.
    pub per_address: u32,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// In clear at first, and by TLS before anything is said; a server that does not offer it gets nothing (RFC 3207).
    Starttls,
    /// By TLS from the first byte (RFC 8314).
    Tls,
    /// In clear.
    None,
}

const SECURITIES: [(&str, MailSecurity); 3] = [
    ("starttls", MailSecurity::Starttls),
    ("tls", MailSecurity::Tls),
    ("none", MailSecurity::None),
];

impl Setting for MailSecurity {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&SECURITIES, value)
    }

    fn print(&self) -> String {
        print_word(&SECURITIES, *self)
    }
}

/// An address, and the name to show with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name; the provider's when absent.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl FromStr for Mailbox {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, address) = match text.trim().strip_suffix('>').map(|text| text.rsplit_once('<')) {
            Some(Some((name, address))) => (name.trim(), address),
            Some(None) => return Err(()),
            None => ("", text),
        };
        if name.chars().count() > 64 || name.chars().any(|c| c.is_control() || "<>\"".contains(c)) {
            return Err(());
        }
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: EmailAddress::parse(address).map_err(drop)?,
        })
    }
}

impl Setting for Mailbox {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "an address, such as \"no-reply@example.com\" or \"Example <no-reply@example.com>\"";
        text(what, value)?.parse().or_else(|()| expected(what, value))
    }

    fn print(&self) -> String {
        quote(&match &self.name {
            Some(name) => format!("{name} <{}>", self.address),
            None => self.address.to_string(),
        })
    }
}

impl Mail {
    /// The port to connect to.
    pub fn port_used(&self) -> u16 {
        match (u16::try_from(self.port), self.security) {
            (Ok(port), _) if port > 0 => port,
            (_, MailSecurity::Starttls) => 587,
            (_, MailSecurity::Tls) => 465,
            (_, MailSecurity::None) => 25,
        }
    }

    pub(in crate::config) fn read(r: &mut Reader<'_>) -> Self {
        let host = r.checked(
            "host",
            None,
            "The mail server that takes letters (SMTP). Empty: no letters are sent, and `avouch user verify-link` and \
             `avouch user reset-link` make the links that would stand in them.",
            |host: &Option<String>| match host {
                Some(host) if url::Host::parse(host).is_err() && host.parse::<IpAddr>().is_err() => {
                    Err(format!("expected the name or the address of a host, found {host:?}"))
                }
                _ => Ok(()),
            },
        );
        let port = r.ranged(
            "port",
            0,
            0..=65_535,
            "Its port. 0: 587 for \"starttls\", 465 for \"tls\", 25 for \"none\".",
        );
        let security = r.option(
            "security",
            MailSecurity::Starttls,
            "How the way to it is protected: \"starttls\" (nothing is said to a server that does not offer it), \"tls\" (from \
             the first byte), or \"none\" (only to this machine).",
        );
        let allow_plaintext = r.option(
            "allow_plaintext",
            false,
            "Whether \"none\" may be used with another host. Who listens on the way can then take over accounts.",
        );
        let username = r.option("username", None, "Whom to sign in as at the server. Empty: nobody.");
        let password_file = r.option("password_file", None, "The file of the password for \"username\".");
        let from = r.option(
            "from",
            None,
            "Whom letters come from, as \"no-reply@example.com\" or \"Example <no-reply@example.com>\". Needed with \"host\". \
             Without a name, it is that of the pages.",
        );
        let reply_to = r.option("reply_to", None, "Where answers go. Empty: to \"from\".");
        let timeout = r.ranged(
            "timeout",
            seconds(30),
            seconds(1)..=minutes(5),
            "How long a delivery may take. One that failed is tried again for a day, as long as its link works.",
        );
        let ca_file = r.option(
            "ca_file",
            None,
            "A file of certificate authorities (PEM) that are believed besides those of the public web. Empty: none.",
        );
        let [verify_lifetime, reset_lifetime] = lifetimes(r);
        let [per_account, per_address] = allowances(r);
        let delay = r.ranged(
            "delay",
            minutes(1),
            seconds(1)..=hours(1),
            "The first wait for a further letter in one name. Each doubles it, up to two hours; a quiet day forgets them.",
        );
        let mail = Self {
            host,
            port,
            security,
            allow_plaintext,
            username,
            password_file,
            from,
            reply_to,
            timeout,
            ca_file,
            verify_lifetime,
            reset_lifetime,
            per_account,
            delay,
            per_address,
        };
        mail.check(r);
        mail
    }

    /// What does not go together. Nothing of it matters without a host.
    fn check(&self, r: &mut Reader<'_>) {
        let Some(host) = &self.host else { return };
        if self.from.is_none() {
            let key = if r.is_set("from") { "from" } else { "host" };
            r.refuse(
                key,
                "expected mail.from beside it: letters must come from somebody".to_owned(),
            );
        }
        if self.security == MailSecurity::None && !self.allow_plaintext && !is_this_machine(host) {
            r.refuse(
                "security",
                "expected \"starttls\" or \"tls\": links that set passwords do not go in clear to another host (unless \
                 mail.allow_plaintext = true)"
                    .to_owned(),
            );
        }
        match (&self.username, &self.password_file) {
            (Some(_), None) => r.refuse("username", "expected mail.password_file beside it".to_owned()),
            (None, Some(_)) => r.refuse("password_file", "expected mail.username beside it".to_owned()),
            _ => {}
        }
    }
}

fn lifetimes(r: &mut Reader<'_>) -> [Duration; 2] {
    [
        r.ranged(
            "verify_lifetime",
            hours(24),
            seconds(1)..=days(7),
            "How long a link works that proves an address.",
        ),
        r.ranged(
            "reset_lifetime",
            minutes(30),
            seconds(1)..=hours(24),
            "How long a link works that sets a new password.",
        ),
    ]
}

fn allowances(r: &mut Reader<'_>) -> [u32; 2] {
    [
        r.ranged(
            "per_account",
            5,
            1..=1_000_000,
            "Letters that can be asked for in one name before waits begin, which grow as mail.delay says.",
        ),
        r.ranged(
            "per_address",
            30,
            1..=1_000_000,
            "The same for one network address, but for those of limits.login_exempt; its waits grow as limits.login_delay says.",
        ),
    ]
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    fn read(lines: &str) -> Result<Mail, String> {
        let source = Source {
            file: Some(("avouch.toml".into(), format!("[mail]\n{lines}"))),
            env: Vec::new(),
        };
        let config = Config::parse(&source).map_err(|errors| errors.to_string())?;
        Ok(config.mail)
    }

    const HOST: &str = "host = \"mail.example.com\"\nfrom = \"Shop <no-reply@example.com>\"\n";

    #[test]
    fn a_host_and_a_sender_are_enough() {
        let mail = read(HOST).unwrap();
        assert_eq!((mail.port_used(), mail.security), (587, MailSecurity::Starttls));
        let from = mail.from.unwrap();
        assert_eq!(from.name.as_deref(), Some("Shop"));
        assert_eq!(from.address.to_string(), "no-reply@example.com");
        assert_eq!(read("").unwrap().host, None);
    }

    #[test]
    fn the_port_follows_the_security_unless_it_is_set() {
        for (more, port) in [
            ("security = \"tls\"", 465),
            ("security = \"none\"\nallow_plaintext = true", 25),
            ("security = \"tls\"\nport = 2465", 2465),
        ] {
            assert_eq!(read(&format!("{HOST}{more}")).unwrap().port_used(), port, "{more}");
        }
    }

    #[test]
    fn letters_go_in_clear_to_this_machine_alone() {
        for host in ["localhost", "127.0.0.1", "::1"] {
            let lines = format!("host = \"{host}\"\nfrom = \"a@example.com\"\nsecurity = \"none\"");
            assert!(read(&lines).is_ok(), "{host}");
        }
        let refused = read(&format!("{HOST}security = \"none\"")).unwrap_err();
        assert!(
            refused.contains("mail.security") && refused.contains("do not go in clear"),
            "{refused}"
        );
        assert!(read(&format!("{HOST}security = \"none\"\nallow_plaintext = true")).is_ok());
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        for (lines, told) in [
            ("host = \"mail.example.com\"".to_owned(), "mail.from"),
            (format!("{HOST}username = \"u\""), "mail.password_file"),
            (format!("{HOST}password_file = \"p\""), "mail.username"),
        ] {
            let refused = read(&lines).unwrap_err();
            assert!(refused.contains("expected") && refused.contains(told), "{refused}");
            assert_eq!(refused.lines().count(), 1, "{refused}");
        }
    }

    #[test]
    fn a_sender_has_an_address_and_perhaps_a_name() {
        for (text, name, address) in [
            ("a@example.com", None, "a@example.com"),
            (" Example GmbH <a@Example.com>", Some("Example GmbH"), "a@example.com"),
            ("<a@example.com>", None, "a@example.com"),
            ("山田 <a@example.com>", Some("山田"), "a@example.com"),
        ] {
            let read: Mailbox = text.parse().unwrap();
            assert_eq!(
                (read.name.as_deref(), read.address.to_string().as_str()),
                (name, address)
            );
        }
        for text in [
            "",
            "Example",
            "a@b",
            "a@example.com>",
            "A <a@example.com",
            "A\r\nBcc: b <a@example.com>",
            "\"A\" <a@example.com>",
            "A <b> <a@example.com>",
            &format!("{} <a@example.com>", "x".repeat(65)),
        ] {
            assert_eq!(text.parse::<Mailbox>(), Err(()), "{text:?}");
        }
    }
}
