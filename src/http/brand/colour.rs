//! Colours: how light they are to the eye (WCAG 2.2, relative luminance) and how to make them lighter without another hue (OKLCH).

use std::fmt;

/// Eight bits of red, green and blue (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    pub const WHITE: Self = Self([255; 3]);
    pub const BLACK: Self = Self([0; 3]);

    /// `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// WCAG 2.2, relative luminance: 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG 2.2, contrast ratio: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Black or white, whichever is easier to read on it: of the two, one always has a contrast of 4.5.
    pub fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// It in OKLCH: lightness 0 to 1, chroma, hue in radians.
    #[expect(clippy::many_single_char_names, reason = "the names that the definition has")]
    pub fn to_oklch(self) -> Oklch {
        let [r, g, b] = self.0.map(linear);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Oklch {
            lightness,
            chroma: a.hypot(b),
            hue: b.atan2(a),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A colour by what the eye sees of it (Ottosson, "A perceptual color space for image processing").
#[derive(Clone, Copy, Debug)]
pub struct Oklch {
    pub lightness: f64,
    pub chroma: f64,
    pub hue: f64,
}

impl Oklch {
    /// The nearest colour that a screen can show: as light and of the same hue, but perhaps paler.
    pub fn to_colour(self) -> Colour {
        let mut chroma = self.chroma;
        for _ in 0..64 {
            if let Some(colour) = self.with_chroma(chroma) {
                return colour;
            }
            chroma *= 0.94;
        }
        self.with_chroma(0.0).unwrap_or(Colour::BLACK)
    }

    #[expect(clippy::many_single_char_names, reason = "the names that the definition has")]
    fn with_chroma(self, chroma: f64) -> Option<Colour> {
        let lightness = self.lightness.clamp(0.0, 1.0);
        let (a, b) = (chroma * self.hue.cos(), chroma * self.hue.sin());
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let parts = [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ];
        let shown = |part: &f64| (-0.000_5..=1.000_5).contains(part);
        parts.iter().all(shown).then(|| Colour(parts.map(gamma)))
    }
}

fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded and within 0 to 255"
)]
fn gamma(part: f64) -> u8 {
    let part = part.clamp(0.0, 1.0);
    let part = if part <= 0.003_130_8 {
        part * 12.92
    } else {
        1.055 * part.powf(1.0 / 2.4) - 0.055
    };
    (part * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(Colour::parse("#0d6355"), Some(Colour([13, 99, 85])));
        assert_eq!(Colour([13, 99, 85]).to_string(), "#0d6355");
        for bad in [
            "",
            "#",
            "0d6355",
            "#0d635",
            "#0d63555",
            "#0d635g",
            "#\u{e9}\u{e9}\u{e9}",
            "teal",
        ] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.001);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert_eq!(grey.ink(), Colour::BLACK);
    }

    proptest! {
        #[test]
        fn every_colour_can_be_written_on(rgb: [u8; 3]) {
            let colour = Colour(rgb);
            prop_assert!(colour.contrast(colour.ink()) >= 4.5);
        }

        #[test]
        fn a_colour_comes_back_from_oklch(rgb: [u8; 3]) {
            let back = Colour(rgb).to_oklch().to_colour();
            for (one, two) in rgb.iter().zip(back.0) {
                prop_assert!(one.abs_diff(two) <= 1, "{rgb:?} {back:?}");
            }
        }
    }
}
