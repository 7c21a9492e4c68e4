//! Letters to people, by the operator's mail server (SMTP, RFC 5321; submission, RFC 6409).
//!
//! Each letter has a connection of its own: they are few, and a server that was started again is not met with a dead one. With
//! `starttls` nothing is said in clear but the greeting: a server, or a man in the middle, that does not offer it gets no letter.

use std::{
    error::Error,
    fmt,
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        extension::ClientId,
    },
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    config::{self, MailSecurity},
    protocol::{Timestamp, claims::email::EmailAddress},
    secret::Secret,
};

/// Letters on their way at the same moment.
const AT_ONCE: usize = 4;

/// The way to the mail server.
pub struct Mailer {
    host: String,
    port: u16,
    security: MailSecurity,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    timeout: Duration,
    places: Semaphore,
}

/// A letter, ready to be sent.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// Part of the `Message-ID`: the same letter keeps it when it is sent again.
    pub id: &'a str,
    /// To whom.
    pub to: &'a EmailAddress,
    /// The `Date`.
    pub at: Timestamp,
    /// One line.
    pub subject: &'a str,
    /// The letter for those who read plain text.
    pub text: &'a str,
    /// The same with a little dress.
    pub html: &'a str,
}

/// What was not right. Its text names neither a person nor an address; what the server said is told to operators alone.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct SendError {
    /// What kind of failure it is.
    pub kind: Failure,
    /// The failure in the words of the server or the machine, which may name the recipient.
    #[source]
    pub said: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server cannot be reached, or does not speak SMTP.
    Unreachable,
    /// It does not offer STARTTLS.
    NoStarttls,
    /// The connection could not be protected: the certificate, most of the time.
    Tls,
    /// The server does not take our username and password. The code of its reply, when there was one.
    Login(Option<u16>),
    /// It does not take the letter now.
    NotNow(Option<u16>),
    /// It will not take the letter, however often it is asked: a reply of 5xx.
    Refused(u16),
    /// It took too long.
    TimedOut,
    /// The letter cannot be written.
    Unwritable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = |code: &Option<u16>| code.map_or_else(String::new, |code| format!(" ({code})"));
        match self {
            Self::Unreachable => f.write_str("the mail server cannot be reached"),
            Self::NoStarttls => f.write_str("the mail server does not offer STARTTLS"),
            Self::Tls => f.write_str("the connection to the mail server cannot be protected by TLS"),
            Self::Login(reply) => write!(f, "the mail server does not let us sign in{}", code(reply)),
            Self::NotNow(reply) => write!(f, "the mail server does not take the letter now{}", code(reply)),
            Self::Refused(reply) => write!(f, "the mail server refuses the letter ({reply})"),
            Self::TimedOut => f.write_str("the mail server took too long"),
            Self::Unwritable => f.write_str("the letter cannot be written"),
        }
    }
}

impl Failure {
    /// Whether another attempt is of no use.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unwritable)
    }

    fn because(self, said: impl Into<Box<dyn Error + Send + Sync>>) -> SendError {
        SendError {
            kind: self,
            said: Some(said.into()),
        }
    }
}

/// Why no mail can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailOpenError {
    /// The password cannot be read.
    #[error("mail.password_file: {file} cannot be read: {source}", file = file.display())]
    Password {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `mail.ca_file` cannot be used.
    #[error("mail.ca_file: {file} cannot be used: {source}", file = file.display())]
    CaFile {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// TLS or the sender cannot be set up.
    #[error("mail cannot be set up: {0}")]
    Setup(#[source] Box<dyn Error + Send + Sync>),
}

impl Mailer {
    /// Reads the password and the authorities; `None` when no mail server is configured. Nothing is sent yet. `name` is that of the
    /// provider.
    pub fn open(config: &config::Mail, name: &str) -> Result<Option<Self>, MailOpenError> {
        let (Some(host), Some(from)) = (&config.host, &config.from) else {
            return Ok(None);
        };
        let credentials = match (&config.username, &config.password_file) {
            (Some(username), Some(file)) => {
                let password = password(file)?;
                Some(Credentials::new(username.clone(), password.expose().clone()))
            }
            _ => None,
        };
        let named = |mailbox: &config::Mailbox| {
            let name = mailbox.name.as_deref().unwrap_or(name);
            address(&mailbox.address).map(|address| Mailbox::new(Some(one_line(name)), address))
        };
        Ok(Some(Self {
            port: config.port_used(),
            security: config.security,
            tls: tls(host, config)?,
            credentials,
            hello: ClientId::Domain(from.address.domain().to_owned()),
            from: named(from).map_err(MailOpenError::Setup)?,
            reply_to: config
                .reply_to
                .as_ref()
                .map(named)
                .transpose()
                .map_err(MailOpenError::Setup)?,
            timeout: config.timeout,
            places: Semaphore::new(AT_ONCE),
            host: host.clone(),
        }))
    }

    /// Hands a letter to the server, which has taken it when this is `Ok`.
    pub async fn send(&self, envelope: &Envelope<'_>) -> Result<(), SendError> {
        let message = self
            .message(envelope)
            .map_err(|error| Failure::Unwritable.because(error))?;
        // Nobody closes it.
        let _place = self.places.acquire().await;
        let delivery = async {
            let mut connection = self.connect().await?;
            let sent = connection.send(message.envelope(), &message.formatted()).await;
            // Taken or not, it is known; whether the server hears the farewell is not.
            connection.abort().await;
            sent.map(drop).map_err(|error| answered(error, Failure::NotNow))
        };
        self.in_time(delivery).await
    }

    /// Goes as far as it can without sending anything.
    pub async fn probe(&self) -> Result<(), SendError> {
        let conversation = async {
            self.connect().await?.abort().await;
            Ok(())
        };
        self.in_time(conversation).await
    }

    async fn in_time(&self, conversation: impl Future<Output = Result<(), SendError>>) -> Result<(), SendError> {
        timeout(self.timeout, conversation).await.unwrap_or(Err(SendError {
            kind: Failure::TimedOut,
            said: None,
        }))
    }

    /// A connection that is protected and signed in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let wrapped = (self.security == MailSecurity::Tls).then(|| self.tls.clone());
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, wrapped, None)
            .await
            .map_err(|error| {
                let kind = if self.security == MailSecurity::Tls && is_about_tls(&error) {
                    Failure::Tls
                } else {
                    Failure::Unreachable
                };
                kind.because(error)
            })?;
        if self.security == MailSecurity::Starttls {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(SendError {
                    kind: Failure::NoStarttls,
                    said: None,
                });
            }
            connection
                .starttls(self.tls.clone(), &self.hello)
                .await
                .map_err(|error| Failure::Tls.because(error))?;
        }
        if let Some(credentials) = &self.credentials
            && let Err(error) = connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
        {
            connection.abort().await;
            return Err(Failure::Login(code(&error)).because(error));
        }
        Ok(connection)
    }

    fn message(&self, envelope: &Envelope<'_>) -> Result<Message, Box<dyn Error + Send + Sync>> {
        let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(envelope.at.unix())?);
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(envelope.to)?))
            .subject(one_line(envelope.subject))
            .date(at)
            .message_id(Some(format!("<{}@{domain}>", envelope.id)))
            // RFC 3834, 5: no vacation notice answers.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let body = MultiPart::alternative_plain_html(envelope.text.to_owned(), envelope.html.to_owned());
        Ok(builder.multipart(body)?)
    }
}

/// Nothing that could end a header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn address(address: &EmailAddress) -> Result<Address, Box<dyn Error + Send + Sync>> {
    Ok(Address::new(address.local(), address.domain())?)
}

fn password(file: &PathBuf) -> Result<Secret<String>, MailOpenError> {
    let text = std::fs::read_to_string(file).map_err(|source| MailOpenError::Password {
        file: file.clone(),
        source,
    })?;
    Ok(Secret::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// TLS 1.2 and 1.3 with the authorities of the web, which are in the binary, and those of the operator.
fn tls(host: &str, config: &config::Mail) -> Result<TlsParameters, MailOpenError> {
    let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(file) = &config.ca_file {
        let failed = |source| MailOpenError::CaFile {
            file: file.clone(),
            source,
        };
        let pem = std::fs::read(file).map_err(|error| failed(error.into()))?;
        if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
            return Err(failed("there is no certificate in it".into()));
        }
        let authorities = Certificate::from_pem(&pem).map_err(|error| failed(error.into()))?;
        builder = builder.add_root_certificate(authorities);
    }
    builder
        .build_rustls()
        .map_err(|error| MailOpenError::Setup(error.into()))
}

fn code(error: &lettre::transport::smtp::Error) -> Option<u16> {
    error.status().map(u16::from)
}

/// What a reply means: 5xx is for ever, all else passes (RFC 5321, 4.2.1).
fn answered(error: lettre::transport::smtp::Error, passing: fn(Option<u16>) -> Failure) -> SendError {
    let reply = code(&error);
    let kind = match reply {
        Some(reply) if error.is_permanent() => Failure::Refused(reply),
        reply => passing(reply),
    };
    kind.because(error)
}

fn is_about_tls(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<rustls::Error>().is_some() {
            return true;
        }
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some()) {
            return true;
        }
        cause = error.source();
    }
    matches!(error, error if error.is_tls())
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
