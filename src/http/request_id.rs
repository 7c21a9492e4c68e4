//! The name of the request that this task answers, for log lines, error pages and answers.

use std::future::Future;

use actix_web::http::header::HeaderName;

use crate::secret;

/// Where an answer tells it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// Runs a request under its name.
pub async fn scope<F: Future>(request_id: String, answer: F) -> F::Output {
    CURRENT.scope(request_id, answer).await
}

/// The name of the request; a new one where there is none.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| secret::random_id())
}
