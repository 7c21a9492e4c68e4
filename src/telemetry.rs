//! Floor 2: logs to standard error, and metrics for Prometheus.

use std::{
    io::{self, IsTerminal},
    sync::atomic::Ordering,
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
    },
    registry::Registry,
};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogFormat, Telemetry};

/// Logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The directives of `telemetry.log` are not understood. [`crate::config::Config`] never holds such.
    #[error("the log directives are not understood: {0}")]
    Directives(#[from] tracing_subscriber::filter::ParseError),
    /// Something in this process logs already.
    #[error("logging has begun already: {0}")]
    Begun(#[from] tracing_subscriber::util::TryInitError),
}

/// Begins to log to standard error, for the whole process.
///
/// # Errors
/// When the directives are not understood, or logging has begun already.
pub fn start_logging(config: &Telemetry) -> Result<(), LogError> {
    let terminal = io::stderr().is_terminal();
    // It calls an error what a stranger sent: anybody could fill the log. Who wants to see that names it.
    let filter = EnvFilter::try_new(format!("actix_http::h1::dispatcher=off,{}", config.log))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if writes_json(config.format, terminal) {
        registry
            .with(
                lines
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .try_init()?;
    } else {
        registry.with(lines.with_ansi(terminal).with_target(false)).try_init()?;
    }
    Ok(())
}

fn writes_json(format: LogFormat, terminal: bool) -> bool {
    match format {
        LogFormat::Auto => !terminal,
        LogFormat::Human => false,
        LogFormat::Json => true,
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct GrantType {
    grant_type: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ErrorLabel {
    error: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

/// From half a millisecond, a bare answer, to ten seconds, a client's patience.
#[derive(Clone, Copy, Debug)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new([
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
        ])
    }
}

/// The metrics of the daemon. Labels come from small closed sets (a route's pattern, never its path): a stranger must not
/// be able to make new series.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_duration: Family<Route, Histogram, Seconds>,
    logins: Family<Outcome, Counter>,
    tokens: Family<GrantType, Counter>,
    token_errors: Family<ErrorLabel, Counter>,
    commit_duration: Histogram,
    password_queue: Gauge,
    signing_keys: Family<State, Gauge>,
    backchannel_logouts: Family<Outcome, Counter>,
    outbound_requests: Family<Outcome, Counter>,
    letters: Family<Outcome, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// The media type of [`Metrics::render`].
    pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// All metrics at zero, under names that begin with `avouch_`.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("avouch");
        let requests = Family::<Request, Counter>::default();
        let request_duration = Family::<Route, Histogram, Seconds>::new_with_constructor(Seconds);
        let logins = Family::<Outcome, Counter>::default();
        let tokens = Family::<GrantType, Counter>::default();
        let token_errors = Family::<ErrorLabel, Counter>::default();
        let commit_duration = Seconds.new_metric();
        let password_queue = Gauge::<i64>::default();
        let signing_keys = Family::<State, Gauge>::default();
        let backchannel_logouts = Family::<Outcome, Counter>::default();
        let outbound_requests = Family::<Outcome, Counter>::default();
        let letters = Family::<Outcome, Counter>::default();
        registry.register("letters", "Attempts to send a letter, by outcome", letters.clone());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time to answer a request",
            request_duration.clone(),
        );
        registry.register("logins", "Logins by outcome", logins.clone());
        registry.register("tokens_issued", "Token responses by grant", tokens.clone());
        registry.register(
            "token_errors",
            "Refused token requests by error code",
            token_errors.clone(),
        );
        registry.register(
            "store_commit_duration_seconds",
            "Time until a commit was durable",
            commit_duration.clone(),
        );
        registry.register(
            "password_queue",
            "Passwords waiting to be hashed",
            password_queue.clone(),
        );
        registry.register("signing_keys", "Signing keys by state", signing_keys.clone());
        registry.register(
            "backchannel_logouts",
            "Attempts to tell a client of a logout, by outcome",
            backchannel_logouts.clone(),
        );
        registry.register(
            "outbound_requests",
            "Requests to the hosts of clients by outcome",
            outbound_requests.clone(),
        );
        Self {
            registry,
            requests,
            request_duration,
            logins,
            tokens,
            token_errors,
            commit_duration,
            password_queue,
            signing_keys,
            backchannel_logouts,
            outbound_requests,
            letters,
        }
    }

    /// A request was answered. `route` is the pattern that matched, for example `/token`.
    pub fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let label = Request {
            route: route.to_owned(),
            method: method.to_owned(),
            status,
        };
        self.requests.get_or_create(&label).inc();
        self.request_duration
            .get_or_create(&Route { route: label.route })
            .observe(took.as_secs_f64());
    }

    /// Someone tried to log in, with `outcome` for example `success` or `wrong_credentials`.
    pub fn login(&self, outcome: &str) {
        self.logins
            .get_or_create(&Outcome {
                outcome: outcome.to_owned(),
            })
            .inc();
    }

    /// A client was told of a logout, with `outcome` `delivered`, `refused`, `failed` (to be tried again) or `given_up`.
    pub fn backchannel_logout(&self, outcome: &str) {
        self.backchannel_logouts
            .get_or_create(&Outcome {
                outcome: outcome.to_owned(),
            })
            .inc();
    }

    /// A letter was `sent`, `refused` for good, `failed` (to be tried again) or `given_up`.
    pub fn letter(&self, outcome: &str) {
        self.letters
            .get_or_create(&Outcome {
                outcome: outcome.to_owned(),
            })
            .inc();
    }

    /// A token response was given for this grant type.
    pub fn token_issued(&self, grant_type: &str) {
        self.tokens
            .get_or_create(&GrantType {
                grant_type: grant_type.to_owned(),
            })
            .inc();
    }

    /// A token request was refused with this error code (RFC 6749, 5.2).
    pub fn token_error(&self, error: &str) {
        self.token_errors
            .get_or_create(&ErrorLabel {
                error: error.to_owned(),
            })
            .inc();
    }

    /// A commit became durable.
    pub fn commit(&self, took: Duration) {
        self.commit_duration.observe(took.as_secs_f64());
    }

    /// So many passwords wait to be hashed.
    pub fn password_queue(&self, waiting: usize) {
        self.password_queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// So many signing keys are in `state`: `next`, `active` or `retired`.
    pub fn signing_keys(&self, state: &str, count: usize) {
        let gauge = self.signing_keys.get_or_create_owned(&State {
            state: state.to_owned(),
        });
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// So many requests to the hosts of clients ended with `outcome` since the start: `succeeded` or `failed`.
    pub fn outbound_requests(&self, outcome: &str, count: u64) {
        let counter = self.outbound_requests.get_or_create_owned(&Outcome {
            outcome: outcome.to_owned(),
        });
        counter.inner().store(count, Ordering::Relaxed);
    }

    /// All metrics as text (OpenMetrics 1.0, which Prometheus reads).
    pub fn render(&self) -> String {
        let mut page = String::new();
        // Writing to a String fails only when a metric's own encoder does, and none of these can.
        if text::encode(&mut page, &self.registry).is_err() {
            tracing::error!("the metrics could not be written");
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_appears_under_its_name_with_its_labels() {
        let metrics = Metrics::new();
        metrics.request("/token", "POST", 200, Duration::from_millis(3));
        metrics.request("/token", "POST", 200, Duration::from_mins(1));
        metrics.login("success");
        metrics.token_issued("authorization_code");
        metrics.token_error("invalid_grant");
        metrics.commit(Duration::from_millis(2));
        metrics.password_queue(3);
        metrics.signing_keys("active", 1);
        metrics.backchannel_logout("delivered");
        metrics.outbound_requests("failed", 4);
        metrics.letter("sent");
        let page = metrics.render();
        for line in [
            "avouch_http_requests_total{route=\"/token\",method=\"POST\",status=\"200\"} 2",
            "avouch_http_request_duration_seconds_count{route=\"/token\"} 2",
            "avouch_http_request_duration_seconds_bucket{le=\"0.005\",route=\"/token\"} 1",
            "avouch_logins_total{outcome=\"success\"} 1",
            "avouch_tokens_issued_total{grant_type=\"authorization_code\"} 1",
            "avouch_token_errors_total{error=\"invalid_grant\"} 1",
            "avouch_store_commit_duration_seconds_count 1",
            "avouch_password_queue 3",
            "avouch_signing_keys{state=\"active\"} 1",
            "avouch_backchannel_logouts_total{outcome=\"delivered\"} 1",
            "avouch_outbound_requests_total{outcome=\"failed\"} 4",
            "avouch_letters_total{outcome=\"sent\"} 1",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\nnot in\n{page}");
        }
        assert!(page.ends_with("# EOF\n"));
    }

    #[test]
    fn a_gauge_shows_the_latest_value() {
        let metrics = Metrics::new();
        metrics.password_queue(9);
        metrics.password_queue(0);
        metrics.signing_keys("retired", 2);
        metrics.signing_keys("retired", 1);
        let page = metrics.render();
        assert!(page.contains("avouch_password_queue 0\n"));
        assert!(page.contains("avouch_signing_keys{state=\"retired\"} 1\n"));
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let metrics = Metrics::new();
        metrics.login("a\"} 1\nforged 2");
        assert!(!metrics.render().lines().any(|line| line.starts_with("forged")));
    }

    #[test]
    fn json_is_for_machines_unless_it_is_asked_for() {
        assert!(writes_json(LogFormat::Auto, false));
        assert!(!writes_json(LogFormat::Auto, true));
        assert!(writes_json(LogFormat::Json, true));
        assert!(!writes_json(LogFormat::Human, false));
    }

    #[test]
    fn logging_begins_once() {
        let config = |log: &str| Telemetry {
            log: log.into(),
            format: LogFormat::Json,
            metrics_listen: None,
        };
        assert!(matches!(start_logging(&config("a=b=c")), Err(LogError::Directives(_))));
        // Another test of this process may have begun; a second call is refused whoever came first.
        let _ = start_logging(&config("off"));
        assert!(matches!(start_logging(&config("off")), Err(LogError::Begun(_))));
    }
}
