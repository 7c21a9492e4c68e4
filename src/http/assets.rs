//! Stylesheet, pictures and script, served under names that change with their content.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data, Path},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Site,
    brand::{Brand, Picture},
    error::{Cause, PageFailure},
};
const PASSKEY_SCRIPT: &str = include_str!("../../static/passkey.js");

/// The files, and their URLs.
pub struct Assets {
    /// Of the stylesheet.
    pub stylesheet: String,
    /// Of the logo, which is the icon as well.
    pub logo: String,
    /// The media type of the logo.
    pub logo_type: &'static str,
    /// Of the logo on dark ground.
    pub logo_dark: Option<String>,
    /// Of the script for passkeys.
    pub passkey_script: String,
    files: Vec<File>,
}

struct File {
    name: String,
    media_type: &'static str,
    content: Bytes,
}

impl Assets {
    /// The files of a brand, and their URLs under the issuer's path.
    pub fn new(base: &str, brand: Brand) -> Self {
        let mut files = Vec::new();
        let mut url = |content: Vec<u8>, suffix: &str, media_type| {
            let digest = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&content));
            let name = format!("{}.{suffix}", &digest[..16]);
            let url = format!("{base}/static/{name}");
            files.push(File {
                name,
                media_type,
                content: content.into(),
            });
            url
        };
        let logo_type = brand.logo.media_type;
        let mut picture = |picture: Picture| url(picture.bytes, picture.suffix, picture.media_type);
        let (logo, logo_dark) = (picture(brand.logo), brand.logo_dark.map(&mut picture));
        Self {
            logo,
            logo_type,
            logo_dark,
            stylesheet: url(brand.stylesheet.into_bytes(), "css", "text/css; charset=utf-8"),
            passkey_script: url(PASSKEY_SCRIPT.into(), "js", "text/javascript; charset=utf-8"),
            files,
        }
    }
}

/// One of them; a browser may keep it for ever.
pub async fn asset(site: Data<Site>, asked: Path<String>) -> Result<HttpResponse, PageFailure> {
    let found = site.assets.files.iter().find(|file| file.name == *asked);
    let file = found.ok_or(Cause::NOT_FOUND)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    if file.media_type.starts_with("image/") {
        // An SVG is a document: opened by itself it may style itself, but runs and loads nothing.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
    }
    Ok(response.content_type(file.media_type).body(file.content.clone()))
}
