//! A QR code as SVG: dark on white with its own margin, so that a camera reads it in a light page and in a dark one. No
//! script, no style attribute: it stands under the strictest content security policy.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use crate::secret::Secret;

/// The margin that the standard wants, in modules (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// An `<svg>` element that shows `text`, with a title for those who do not see it. `None` when the text is too long: more
/// than some 2300 bytes.
pub fn svg(text: &Secret<String>, title: &str) -> Option<Secret<String>> {
    let code = QrCode::with_error_correction_level(text.expose().as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        // One stroke for each run of dark modules.
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    let title = escape(title);
    Some(Secret::new(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{title}\" \
         shape-rendering=\"crispEdges\"><title>{title}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    )))
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a camera reads: the picture is drawn, four pixels a module, and given to a decoder of another make.
    pub(crate) fn read(svg: &str) -> String {
        const SCALE: usize = 4;
        let between = |text: &str, from: &str, to: &str| {
            let rest = text.split(from).nth(1).unwrap().to_owned();
            rest.split(to).next().unwrap().to_owned()
        };
        let side: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
        let mut dark = vec![vec![false; side]; side];
        for stroke in between(svg, "<path fill=\"#000\" d=\"M", "\"").split('M') {
            let (start, rest) = stroke.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            assert_eq!(rest, format!("{length}v1h-{length}z"));
            dark[y][x..x + length].fill(true);
        }
        let pixel = |x: usize, y: usize| if dark[y / SCALE][x / SCALE] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, pixel);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "one code");
        grids[0].decode().unwrap().1
    }

    fn drawn(text: &str) -> String {
        svg(&Secret::new(text.to_owned()), "Scan me").unwrap().expose().clone()
    }

    #[test]
    fn another_maker_s_decoder_reads_what_was_drawn() {
        let uri = "otpauth://totp/avouch:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=avouch&algorithm=SHA1&digits=6&period=30";
        for text in ["a", uri, &uri.repeat(3)] {
            assert_eq!(read(&drawn(text)), text);
        }
    }

    #[test]
    fn the_margin_is_light_and_the_colours_do_not_depend_on_the_page() {
        let svg = drawn("a");
        assert!(
            svg.contains("viewBox=\"0 0 29 29\""),
            "21 modules and four on each side: {svg}"
        );
        assert!(svg.contains("<path fill=\"#fff\" d=\"M0 0h29v29H0z\"/>"));
        assert!(!svg.contains("currentColor") && !svg.contains("style") && !svg.contains("script"));
    }

    #[test]
    fn the_title_is_told_and_cannot_be_markup() {
        let svg = svg(&Secret::new("a".to_owned()), "<b>\"Tom & 'Jerry'").unwrap();
        let title = "&lt;b&gt;&quot;Tom &amp; &#39;Jerry&#39;";
        assert!(svg.expose().contains(&format!("<title>{title}</title>")));
        assert!(svg.expose().contains(&format!("role=\"img\" aria-label=\"{title}\"")));
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(svg(&Secret::new("x".repeat(4_000)), "t").is_none());
        assert!(svg(&Secret::new("x".repeat(2_300)), "t").is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_account_can_be_scanned(text in "[ -~]{1,200}") {
            prop_assert_eq!(read(&drawn(&text)), text);
        }
    }
}
