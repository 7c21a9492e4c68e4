//! `avouch config`: the documented default configuration, and a check of the effective one.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{failure::Failure, show};
use crate::{
    config::{self, Config, StoreUrl},
    http::Brand,
};

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every option with its default, in TOML with comments
    Example,
    /// Check the file and the environment, and tell everything that is wrong
    Check,
}

impl ConfigCommand {
    /// The text for standard output.
    pub fn run(&self, load: impl FnOnce() -> Result<Config, Failure>, json: bool) -> Result<String, Failure> {
        match self {
            Self::Example => Ok(config::example()),
            Self::Check => {
                let config = load()?;
                Brand::open(&config.pages).map_err(|error| Failure::Configuration(format!("{error}\n")))?;
                let effective = effective(&config);
                if json {
                    return Ok(format!("{effective:#}"));
                }
                Ok(format!(
                    "configuration is valid\n{}",
                    show::members(&effective, &["issuer", "listen", "store"])
                ))
            }
        }
    }
}

/// What an operator wants to see before a start.
fn effective(config: &Config) -> Value {
    let store = match &config.store.url {
        StoreUrl::Sled(path) => format!("sled:{}", path.display()),
        StoreUrl::Memory => "memory:".to_owned(),
    };
    json!({
        "issuer": config.server.issuer_at(config.server.listen.port()).to_string(),
        "listen": config.server.listen.to_string(),
        "store": store,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn defaults() -> Result<Config, Failure> {
        Config::parse(&Source::default()).map_err(|errors| Failure::Configuration(errors.to_string()))
    }

    #[test]
    fn a_valid_configuration_tells_what_is_effective() {
        let expected = "\
configuration is valid
issuer: http://localhost:3001
listen: 127.0.0.1:3001
store:  sled:data
";
        assert_eq!(ConfigCommand::Check.run(defaults, false).unwrap(), expected);
        let json: Value = serde_json::from_str(&ConfigCommand::Check.run(defaults, true).unwrap()).unwrap();
        assert_eq!(json["issuer"], "http://localhost:3001");
    }

    #[test]
    fn errors_pass_through_as_they_are() {
        let broken = || {
            Err(Failure::Configuration(
                "server.listen: bad\nserver.port: unknown".to_owned(),
            ))
        };
        let failure = ConfigCommand::Check.run(broken, false).unwrap_err();
        assert_eq!(failure.to_string(), "server.listen: bad\nserver.port: unknown");
    }

    #[test]
    fn the_example_needs_no_configuration() {
        let broken = || Err(Failure::Configuration("bad".to_owned()));
        assert!(ConfigCommand::Example.run(broken, false).unwrap().contains("[server]"));
    }
}
