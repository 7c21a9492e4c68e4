//! The operator's logo: read once at the start, and served from our own origin.

use std::{fs, io, path::Path};

/// The largest logo, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// A picture that pages show.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What is served.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// The end of its name.
    pub suffix: &'static str,
}

/// Why a file cannot be a logo.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is larger than pages should be.
    #[error("has {0} bytes; a logo has at most {MAX_BYTES}")]
    TooLarge(usize),
    /// It is something else.
    #[error("is neither an SVG nor a PNG picture")]
    Unknown,
}

impl Picture {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, PictureError> {
        Self::of(fs::read(path)?)
    }

    /// By the content, whatever its file is called.
    fn of(bytes: Vec<u8>) -> Result<Self, PictureError> {
        if bytes.len() > MAX_BYTES {
            return Err(PictureError::TooLarge(bytes.len()));
        }
        let (media_type, suffix) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            ("image/png", "png")
        } else if std::str::from_utf8(&bytes).is_ok_and(is_svg) {
            ("image/svg+xml", "svg")
        } else {
            return Err(PictureError::Unknown);
        };
        Ok(Self {
            bytes,
            media_type,
            suffix,
        })
    }
}

/// Whether the first element of a document is `svg`; what stands before it are declarations and comments.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    rest.strip_prefix("<svg")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> Option<&'static str> {
        Picture::of(bytes.to_vec()).ok().map(|picture| picture.suffix)
    }

    #[test]
    fn a_logo_is_an_svg_or_a_png() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], Some("png")),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Some("svg")),
            (
                b"\xef\xbb\xbf <?xml version=\"1.0\"?>\n<!-- Made with <svg> -->\n<!DOCTYPE svg>\n<svg\n>",
                Some("svg"),
            ),
            (b"<svgx/>", None),
            (b"<!-- <svg/>", None),
            (b"<html><svg/></html>", None),
            (b"<?xml version=\"1.0\"?>", None),
            (b"<svg \xff>", None),
            (b"\xff\xd8\xff\xe0", None),
            (b"", None),
        ] {
            assert_eq!(kind(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_logo_has_a_size() {
        let mut large = b"<svg>".to_vec();
        large.resize(MAX_BYTES, b' ');
        assert_eq!(kind(&large), Some("svg"));
        large.push(b' ');
        assert!(matches!(Picture::of(large), Err(PictureError::TooLarge(262_145))));
    }
}
