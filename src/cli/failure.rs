//! Why a command did not do what it was asked, and the exit code that tells so.

use std::{error::Error, process::ExitCode};

use serde_json::json;

use super::socket::SocketError;
use crate::idp::admin::AdminError;

/// Why a command ends without a result.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// One line for each thing that is wrong.
    #[error("{0}")]
    Configuration(String),
    /// A file or standard input does not hold what it should.
    #[error("{0}")]
    Input(String),
    /// The daemon, or the store without it, said no.
    #[error(transparent)]
    Refused(#[from] AdminError),
    /// Neither the daemon nor the store can be reached, or something of the machine failed.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    /// A failure of the machine, told with all its causes.
    pub fn because(error: &dyn Error) -> Self {
        Self::Failed(causes(error))
    }

    /// 2 for what the operator wrote on the command line or in the configuration, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Configuration(_) => ExitCode::from(2),
            Self::Input(_) | Self::Refused(_) | Self::Failed(_) => ExitCode::FAILURE,
        }
    }

    /// The text for standard error: for people, or `{"error": reason, "message": sentence}` on one line.
    pub fn render(&self, json: bool) -> String {
        let message = self.to_string();
        match self {
            _ if json => json!({ "error": self.reason(), "message": message.trim_end() }).to_string(),
            Self::Configuration(_) => message,
            _ => format!("error: {message}"),
        }
    }

    fn reason(&self) -> serde_json::Value {
        match self {
            Self::Usage(_) => json!("usage"),
            Self::Configuration(_) => json!("configuration"),
            Self::Input(_) => json!("invalid"),
            Self::Refused(refusal) => json!(refusal.reason),
            Self::Failed(_) => json!("failed"),
        }
    }
}

impl From<SocketError> for Failure {
    fn from(error: SocketError) -> Self {
        Self::because(&error)
    }
}

/// An error and its sources in one sentence. Some errors print their source themselves; nothing is said twice.
fn causes(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !sentence.contains(&text) {
            sentence = format!("{sentence}: {text}");
        }
        source = cause.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::idp::admin::AdminRefusal;

    #[derive(Debug, thiserror::Error)]
    #[error("the key cannot be read")]
    struct Outer(#[source] io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("the key cannot be read: {0}")]
    struct Telling(#[source] io::Error);

    fn code(failure: &Failure) -> String {
        format!("{:?}", failure.exit_code())
    }

    #[test]
    fn usage_and_configuration_exit_with_2_and_everything_else_with_1() {
        let refusal = AdminError {
            reason: AdminRefusal::NotFound,
            message: "no such user".to_owned(),
        };
        for failure in [Failure::Usage(String::new()), Failure::Configuration(String::new())] {
            assert_eq!(code(&failure), format!("{:?}", ExitCode::from(2)));
        }
        for failure in [
            Failure::Input(String::new()),
            Failure::Failed(String::new()),
            refusal.into(),
        ] {
            assert_eq!(code(&failure), format!("{:?}", ExitCode::from(1)));
        }
    }

    #[test]
    fn a_failure_in_json_is_one_line_with_its_reason() {
        let refusal = AdminError {
            reason: AdminRefusal::NotFound,
            message: "no such user".to_owned(),
        };
        assert_eq!(
            Failure::from(refusal).render(true),
            r#"{"error":"not_found","message":"no such user"}"#
        );
        let errors = Failure::Configuration("a: bad\nb: bad".to_owned());
        assert_eq!(
            errors.render(true),
            r#"{"error":"configuration","message":"a: bad\nb: bad"}"#
        );
    }

    #[test]
    fn configuration_errors_print_as_they_are_one_line_each() {
        assert_eq!(
            Failure::Configuration("a: bad\nb: bad".to_owned()).render(false),
            "a: bad\nb: bad"
        );
        assert_eq!(Failure::Usage("no".to_owned()).render(false), "error: no");
    }

    #[test]
    fn causes_are_told_once_each() {
        let denied = || io::Error::other("permission denied");
        assert_eq!(causes(&Outer(denied())), "the key cannot be read: permission denied");
        assert_eq!(causes(&Telling(denied())), "the key cannot be read: permission denied");
    }
}
