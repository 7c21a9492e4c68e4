//! `[pages]`: what the pages say.

use super::reader::Reader;

/// What the pages say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The name of the provider, for its end-users.
    pub name: String,
}

impl Pages {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let doc = "The name that pages show to end-users, 1 to 64 characters.";
        let name = r.checked("name", "avouch".to_owned(), doc, |name: &String| {
            let long = !(1..=64).contains(&name.chars().count());
            if long || name.trim() != name || name.chars().any(char::is_control) {
                return Err(format!(
                    "expected 1 to 64 characters without spaces at the ends, found {name:?}"
                ));
            }
            Ok(())
        });
        Self { name }
    }
}
