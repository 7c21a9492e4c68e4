//! `[telemetry]`: logs and metrics.

use std::net::SocketAddr;

use tracing_subscriber::EnvFilter;

use super::{
    reader::Reader,
    setting::{Setting, print_word, word},
    source::Value,
};

/// Logs and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// What is logged, as directives of `tracing_subscriber::EnvFilter`; valid ones.
    pub log: String,
    /// How a log line is written.
    pub format: LogFormat,
    /// Where metrics are served; nowhere when left out.
    pub metrics_listen: Option<SocketAddr>,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people on a terminal, else in JSON.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

const FORMATS: [(&str, LogFormat); 3] = [
    ("auto", LogFormat::Auto),
    ("human", LogFormat::Human),
    ("json", LogFormat::Json),
];

impl Setting for LogFormat {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&FORMATS, value)
    }

    fn print(&self) -> String {
        print_word(&FORMATS, *self)
    }
}

impl Telemetry {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let log = r.checked(
            "log",
            "info".to_owned(),
            "What is logged: error, warn, info, debug or trace, also by module, for example \"info,avouch::idp=debug\".",
            |directives| match EnvFilter::try_new(directives) {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("expected log directives such as \"info\", found {directives:?}: {error}")),
            },
        );
        let format = r.option(
            "format",
            LogFormat::Auto,
            "How a log line is written: \"human\", \"json\", or \"auto\", which is human on a terminal and JSON otherwise.",
        );
        let metrics_listen = r.option(
            "metrics_listen",
            None,
            "The IP address and port at which /metrics is served to Prometheus, apart from the public listener. Keep it \
             private. Empty: no metrics.",
        );
        Self {
            log,
            format,
            metrics_listen,
        }
    }
}
