//! What makes the pages the operator's own: name, logo, colour and links.

mod colour;
mod palette;
mod picture;

use std::path::{Path, PathBuf};

use colour::Colour;
pub use picture::Picture;
use picture::PictureError;

use crate::config::{Pages, WebPage};

const STYLESHEET: &str = include_str!("../../../static/app.css");
const ICON: &str = include_str!("../../../static/icon.svg");
/// The colour of our own icon, which the operator's takes the place of.
const ICON_COLOUR: &str = "#0d6355";

/// The operator's look, read and ready to be served.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The stylesheet, in the operator's colour.
    pub stylesheet: String,
    /// What stands beside the name, and in the browser's tab.
    pub logo: Picture,
    /// The logo on dark ground, where it is another one.
    pub logo_dark: Option<Picture>,
    /// Whether the logo is the operator's, rather than our seal.
    pub has_logo: bool,
}

/// Why the look cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("pages.{option}: {} {source}", path.display())]
pub struct BrandError {
    option: &'static str,
    path: PathBuf,
    source: PictureError,
}

impl Brand {
    /// Reads what the configuration names.
    ///
    /// # Errors
    /// When a logo cannot be read, is too large or is no picture.
    pub fn open(pages: &Pages) -> Result<Self, BrandError> {
        let open = |option, path: &Option<PathBuf>| {
            let picture = |path: &Path| {
                Picture::open(path).map_err(|source| BrandError {
                    option,
                    path: path.to_owned(),
                    source,
                })
            };
            path.as_deref().map(picture).transpose()
        };
        let accent = pages.accent.map(|accent| Colour(accent.rgb()));
        let logo = open("logo", &pages.logo)?;
        let mut stylesheet = STYLESHEET.to_owned();
        if let Some(accent) = accent {
            stylesheet.push_str(&palette::dye(STYLESHEET, accent));
        }
        Ok(Self {
            stylesheet,
            has_logo: logo.is_some(),
            logo: logo.unwrap_or_else(|| seal(accent)),
            logo_dark: open("logo_dark", &pages.logo_dark)?,
        })
    }
}

/// Our own seal, in a colour.
fn seal(accent: Option<Colour>) -> Picture {
    let svg = match accent {
        None => ICON.to_owned(),
        Some(colour) => ICON
            .replace(ICON_COLOUR, &colour.to_string())
            .replace("#fff", &colour.ink().to_string()),
    };
    Picture {
        bytes: svg.into_bytes(),
        media_type: "image/svg+xml",
        suffix: "svg",
    }
}

/// The operator's own pages, linked at the foot of every page: the message that names each, and where it is.
pub fn links(pages: &Pages) -> Vec<(&'static str, String)> {
    let all = [
        ("layout-support", &pages.support),
        ("layout-imprint", &pages.imprint),
        ("layout-privacy", &pages.privacy),
    ];
    let link = |(id, page): (&'static str, &Option<WebPage>)| Some((id, page.as_ref()?.as_str().to_owned()));
    all.into_iter().filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    fn pages() -> Pages {
        Config::parse(&Source::default()).unwrap().pages
    }

    #[test]
    fn without_a_word_the_look_is_ours() {
        let brand = Brand::open(&pages()).unwrap();
        assert_eq!(brand.stylesheet, STYLESHEET);
        assert_eq!(brand.logo.bytes, ICON.as_bytes());
        assert!(!brand.has_logo && brand.logo_dark.is_none());
        assert!(links(&pages()).is_empty());
    }

    #[test]
    fn our_seal_takes_on_the_operators_colour() {
        assert!(ICON.contains(ICON_COLOUR) && ICON.contains("#fff"));
        let svg = String::from_utf8(seal(Some(Colour([255, 220, 0]))).bytes).unwrap();
        assert!(
            svg.contains("#ffdc00") && svg.contains("#000000") && !svg.contains("#fff\""),
            "{svg}"
        );
    }

    #[test]
    fn a_logo_that_is_not_there_is_told_with_its_option() {
        let pages = Pages {
            logo_dark: Some(PathBuf::from("/nowhere/logo.svg")),
            ..pages()
        };
        let error = Brand::open(&pages).unwrap_err().to_string();
        assert!(
            error.starts_with("pages.logo_dark: /nowhere/logo.svg cannot be read"),
            "{error}"
        );
    }
}
