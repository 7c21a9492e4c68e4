//! What is wrong with a configuration: which key, from where, and what was expected.

use std::fmt;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A line of the file, counted from 1.
    File {
        /// The file as it was named.
        name: String,
        /// The line, counted from 1; 0 speaks of the file as a whole.
        line: usize,
    },
    /// An environment variable, by its full name.
    Environment(String),
    /// Nowhere: the value is the default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name, line: 0 } | Self::Environment(name) => f.write_str(name),
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One thing that is wrong. Prints as one line: `key (origin): message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The option with its section, for example `server.tls.cert_file`; empty when the file as a whole is meant.
    pub key: String,
    /// Where the offending value was written.
    pub origin: Origin,
    /// What was expected, and what was found.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.as_str(), &self.origin) {
            ("", origin) => write!(f, "{origin}: {}", self.message),
            (key, Origin::Default) => write!(f, "{key}: {}", self.message),
            (key, origin) => write!(f, "{key} ({origin}): {}", self.message),
        }
    }
}

/// Everything that is wrong with a configuration, never empty. Prints one line for each error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Errors(pub Vec<ConfigError>);

#[cfg(test)]
mod tests {
    use super::*;

    fn error(key: &str, origin: Origin) -> ConfigError {
        ConfigError {
            key: key.into(),
            origin,
            message: "expected a port".into(),
        }
    }

    #[test]
    fn an_error_names_its_key_and_where_it_was_written() {
        let line = Origin::File {
            name: "avouch.toml".into(),
            line: 3,
        };
        let whole = Origin::File {
            name: "avouch.toml".into(),
            line: 0,
        };
        assert_eq!(
            error("a.b", line.clone()).to_string(),
            "a.b (avouch.toml:3): expected a port"
        );
        assert_eq!(error("", line).to_string(), "avouch.toml:3: expected a port");
        assert_eq!(error("", whole).to_string(), "avouch.toml: expected a port");
        let variable = Origin::Environment("AVOUCH__A__B".into());
        assert_eq!(
            error("a.b", variable).to_string(),
            "a.b (AVOUCH__A__B): expected a port"
        );
        assert_eq!(error("a.b", Origin::Default).to_string(), "a.b: expected a port");
    }

    #[test]
    fn errors_print_one_line_each() {
        let errors = Errors(vec![error("a", Origin::Default), error("b", Origin::Default)]);
        assert_eq!(errors.to_string(), "a: expected a port\nb: expected a port");
    }
}
