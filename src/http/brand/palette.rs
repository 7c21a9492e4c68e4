//! From the operator's one colour to all colours of the pages. Whatever it is, every text keeps the contrast that WCAG 2.2 AA asks for.

use std::fmt::Write;

use super::colour::Colour;

/// What text needs on whatever it stands on (WCAG 2.2, 1.4.3), and a little more.
const TEXT: f64 = 4.6;
/// What the edge of a control needs (WCAG 2.2, 1.4.11).
const EDGE: f64 = 3.0;

/// The greys of the stylesheet, which take on the hue of the operator's colour.
const GREYS: [&str; 8] = ["ground", "sheet", "sunken", "ink", "ink-quiet", "rule", "edge", "ring"];

/// Greys of a stylesheet have so little colour; more would no longer be grey.
const TINT: f64 = 0.014;

/// Light or dark, as the stylesheet declares it.
struct Scheme {
    declared: Vec<(String, Colour)>,
    is_dark: bool,
}

impl Scheme {
    /// The colours of a block `:root { … }` of the stylesheet.
    fn of(block: &str, is_dark: bool) -> Self {
        let block = block.split('}').next().unwrap_or_default();
        let declared = block.split(';').filter_map(|declaration| {
            let (name, value) = declaration.trim().strip_prefix("--")?.split_once(':')?;
            Some((name.to_owned(), Colour::parse(value.trim())?))
        });
        Self {
            declared: declared.collect(),
            is_dark,
        }
    }

    fn get(&self, name: &str) -> Colour {
        let found = self.declared.iter().find(|(declared, _)| declared == name);
        found.map_or(Colour::WHITE, |(_, colour)| *colour)
    }

    /// Every colour that follows from the operator's, by the name of its property.
    fn dyed(&self, accent: Colour) -> Vec<(&'static str, Colour)> {
        let hue = accent.to_oklch();
        let grey = |name: &&'static str| {
            let mut grey = self.get(name).to_oklch();
            (grey.hue, grey.chroma) = (hue.hue, grey.chroma.min(TINT).min(hue.chroma));
            (*name, grey.to_colour())
        };
        let mut dyed: Vec<(&str, Colour)> = GREYS.iter().map(grey).collect();
        let of_grey = |name: &str| {
            let found = dyed.iter().find(|(grey, _)| *grey == name);
            found.map_or(Colour::WHITE, |(_, colour)| *colour)
        };
        let sheet = of_grey("sheet");
        let soft = mix(sheet, accent, if self.is_dark { 0.22 } else { 0.13 });
        let under = [sheet, of_grey("ground"), of_grey("sunken"), soft];
        let text = self.until(accent, &under);
        // Filled with the operator's own colour, wherever it can be told from the sheet; where it is too pale, an edge does that.
        let fill = if self.is_dark && accent.contrast(sheet) < EDGE {
            text
        } else {
            accent
        };
        dyed.extend([
            ("accent", text),
            ("accent-strong", self.step(text, 0.07)),
            ("accent-soft", soft),
            ("fill", fill),
            ("fill-strong", away(fill, fill.ink(), 0.06)),
            ("on-fill", fill.ink()),
        ]);
        dyed
    }

    /// Further from the sheet.
    fn step(&self, colour: Colour, step: f64) -> Colour {
        let mut further = colour.to_oklch();
        further.lightness += if self.is_dark { step } else { -step };
        further.to_colour()
    }

    /// The colour itself, or the nearest further from the sheet that can be read on all of those.
    fn until(&self, colour: Colour, under: &[Colour]) -> Colour {
        let enough = |colour: Colour| under.iter().all(|under| colour.contrast(*under) >= TEXT);
        let steps = (0_u8..100).map(|step| self.step(colour, f64::from(step) / 100.0));
        let end = if self.is_dark { Colour::WHITE } else { Colour::BLACK };
        std::iter::once(colour)
            .chain(steps)
            .find(|colour| enough(*colour))
            .unwrap_or(end)
    }
}

/// Lighter or darker, so that the ink on it is read better.
fn away(fill: Colour, ink: Colour, step: f64) -> Colour {
    let mut other = fill.to_oklch();
    other.lightness += if ink == Colour::WHITE { -step } else { step };
    other.to_colour()
}

fn mix(one: Colour, two: Colour, share: f64) -> Colour {
    let (mut from, to) = (one.to_oklch(), two.to_oklch());
    from.lightness += (to.lightness - from.lightness) * share;
    (from.chroma, from.hue) = (to.chroma * share * 1.4, to.hue);
    from.to_colour()
}

/// What stands behind the stylesheet to dye it: its properties once more, for light and for dark.
pub fn dye(stylesheet: &str, accent: Colour) -> String {
    let mut blocks = stylesheet.split(":root {").skip(1);
    let mut scheme = |is_dark| Scheme::of(blocks.next().unwrap_or_default(), is_dark);
    let (light, dark) = (scheme(false), scheme(true));
    let mut css = String::from("\n/* The operator's colour. */\n");
    let mut block = |open: &str, scheme: &Scheme, close: &str| {
        css.push_str(open);
        for (name, colour) in scheme.dyed(accent) {
            // Writing to a String cannot fail.
            let _ = write!(css, " --{name}: {colour};");
        }
        css.push_str(close);
    };
    block(":root {", &light, " }\n");
    block("@media (prefers-color-scheme: dark) { :root {", &dark, " } }\n");
    css
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STYLESHEET: &str = include_str!("../../../static/app.css");

    fn schemes() -> [Scheme; 2] {
        let mut blocks = STYLESHEET.split(":root {").skip(1);
        [false, true].map(|is_dark| Scheme::of(blocks.next().unwrap(), is_dark))
    }

    /// Which colour stands on which, and the contrast that it needs.
    fn assert_legible(of: impl Fn(&str) -> Colour, what: &str) {
        for (front, backs, contrast) in [
            ("ink", &["sheet", "ground", "sunken"][..], 7.0),
            ("ink-quiet", &["sheet", "ground", "sunken"], 4.5),
            ("accent", &["sheet", "ground", "sunken", "accent-soft"], 4.5),
            ("accent-strong", &["sheet", "ground", "sunken", "accent-soft"], 4.5),
            ("on-fill", &["fill", "fill-strong"], 4.5),
            ("edge", &["sheet", "sunken"], 3.0),
            ("focus", &["sheet", "ground"], 3.0),
            ("bad", &["sheet", "bad-soft"], 4.5),
            ("good", &["sheet", "good-soft"], 4.5),
            ("on-loud", &["loud"], 4.5),
        ] {
            for back in backs {
                let found = of(front).contrast(of(back));
                assert!(found >= contrast, "{what}: {front} on {back}: {found:.2}");
            }
        }
    }

    #[test]
    fn our_own_colours_are_legible() {
        for scheme in schemes() {
            for name in GREYS {
                assert!(scheme.declared.iter().any(|(declared, _)| declared == name), "{name}");
            }
            assert_legible(|name| scheme.get(name), "ours");
        }
    }

    #[test]
    fn the_stylesheet_is_dyed_for_light_and_dark() {
        let css = dye(STYLESHEET, Colour::parse("#7a1fa2").unwrap());
        assert!(css.contains(":root { --ground: #"), "{css}");
        assert!(css.contains("--fill: #7a1fa2;"), "{css}");
        assert_eq!(css.matches("--accent: ").count(), 2);
        assert_eq!(css.matches('{').count(), css.matches('}').count());
    }

    proptest! {
        #[test]
        fn pages_are_legible_in_whatever_colour(rgb: [u8; 3]) {
            let accent = Colour(rgb);
            for scheme in schemes() {
                let dyed = scheme.dyed(accent);
                let of = |name: &str| {
                    dyed.iter().find(|(dyed, _)| *dyed == name).map_or_else(|| scheme.get(name), |(_, colour)| *colour)
                };
                assert_legible(of, &accent.to_string());
                // A button is told from the sheet by its fill or by its edge.
                assert!(of("fill").contrast(of("sheet")).max(of("accent").contrast(of("sheet"))) >= 3.0);
            }
        }
    }
}
