//! What stands in a message beside its own words.

use std::borrow::Cow;

use fluent_bundle::FluentValue;

use super::{Markup, markup::escape};

/// One value: a text, a number or markup.
pub trait Argument {
    /// As Fluent sees it: numbers choose plural forms.
    fn value(&self) -> FluentValue<'_>;

    /// As it stands in a page. Whatever is not [`Markup`] is escaped.
    fn markup(&self) -> String {
        match self.value() {
            FluentValue::String(text) => escape(&text),
            FluentValue::Number(number) => number.as_string().into_owned(),
            _ => String::new(),
        }
    }
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        self.into()
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }
}

impl Argument for Cow<'_, str> {
    fn value(&self) -> FluentValue<'_> {
        (**self).into()
    }
}

impl Argument for Markup {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }

    fn markup(&self) -> String {
        self.as_str().to_owned()
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }

    fn markup(&self) -> String {
        (**self).markup()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                (*self).into()
            }
        })*
    };
}

numbers! { u8 u16 u32 u64 usize i32 i64 }

/// Named values: `[("name", value), …]`, or a tuple of up to four such pairs when they are of several kinds.
pub trait Arguments {
    /// Gives each of them away, under its name.
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument));
}

impl<V: Argument> Arguments for [(&str, V)] {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        for (name, value) in self {
            take(name, value);
        }
    }
}

impl<V: Argument, const N: usize> Arguments for [(&str, V); N] {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        self.as_slice().each(take);
    }
}

impl<A: Arguments + ?Sized> Arguments for &A {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        (**self).each(take);
    }
}

impl<A: Argument, B: Argument> Arguments for ((&str, A), (&str, B)) {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        take(self.0.0, &self.0.1);
        take(self.1.0, &self.1.1);
    }
}

impl<A: Argument, B: Argument, C: Argument> Arguments for ((&str, A), (&str, B), (&str, C)) {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        take(self.0.0, &self.0.1);
        take(self.1.0, &self.1.1);
        take(self.2.0, &self.2.1);
    }
}

impl<A: Argument, B: Argument, C: Argument, D: Argument> Arguments for ((&str, A), (&str, B), (&str, C), (&str, D)) {
    fn each(&self, take: &mut dyn FnMut(&str, &dyn Argument)) {
        take(self.0.0, &self.0.1);
        take(self.1.0, &self.1.1);
        take(self.2.0, &self.2.1);
        take(self.3.0, &self.3.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: impl Arguments) -> Vec<(String, String)> {
        let mut seen = Vec::new();
        arguments.each(&mut |name, value| seen.push((name.to_owned(), value.markup())));
        seen
    }

    #[test]
    fn arguments_are_of_one_kind_or_of_several() {
        let text = "a<b".to_owned();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(names([("x", &text)]), [pair("x", "a&#60;b")]);
        assert_eq!(names([("x", 7)].as_slice()), [pair("x", "7")]);
        let several = (
            ("x", "a"),
            ("y", 2_u64),
            ("z", Markup::code("c")),
            ("w", Cow::from("<")),
        );
        assert_eq!(
            names(&several),
            [
                pair("x", "a"),
                pair("y", "2"),
                pair("z", "<code>c</code>"),
                pair("w", "&#60;")
            ]
        );
        assert_eq!(names((several.0, several.1)).len(), 2);
    }
}
