//! Stylesheet, icon and script, embedded in the binary and served under names that change with their content.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};

use super::{
    Site,
    error::{Cause, PageFailure},
};
use crate::secret;

const STYLESHEET: &str = include_str!("../../static/app.css");
const ICON: &str = include_str!("../../static/icon.svg");
const PASSKEY_SCRIPT: &str = include_str!("../../static/passkey.js");

/// The URLs of the embedded files.
pub struct Assets {
    /// Of the stylesheet.
    pub stylesheet: String,
    /// Of the icon.
    pub icon: String,
    /// Of the script for passkeys.
    pub passkey_script: String,
}

impl Assets {
    /// The URLs under the issuer's path.
    pub fn new(base: &str) -> Self {
        let url = |content, suffix| format!("{base}/static/{}", name(content, suffix));
        Self {
            stylesheet: url(STYLESHEET, "css"),
            icon: url(ICON, "svg"),
            passkey_script: url(PASSKEY_SCRIPT, "js"),
        }
    }
}

fn name(content: &str, suffix: &str) -> String {
    format!("{}.{suffix}", &secret::digest(content)[..16])
}

/// One of them; a browser may keep it for ever.
pub async fn asset(_site: Data<Site>, asked: Path<String>) -> Result<HttpResponse, PageFailure> {
    let known = [
        (STYLESHEET, "css", "text/css; charset=utf-8"),
        (ICON, "svg", "image/svg+xml"),
        (PASSKEY_SCRIPT, "js", "text/javascript; charset=utf-8"),
    ];
    let found = known
        .into_iter()
        .find(|(content, suffix, _)| name(content, suffix) == *asked);
    let (content, _, content_type) = found.ok_or(Cause::NOT_FOUND)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .content_type(content_type)
        .body(content))
}
