//! `[store]`: where records are kept.

use std::path::PathBuf;

use super::{
    reader::Reader,
    setting::{Setting, Size, expected, quote, text},
    source::Value,
};

/// Where records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The engine and its place.
    pub url: StoreUrl,
    /// Memory for the engine's cache, in bytes.
    pub cache: u64,
}

/// An engine and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// The embedded engine, in this directory: `sled:data`.
    Sled(PathBuf),
    /// Nothing on disk, everything lost at exit: `memory:`. For tests and trials; whoever opens it says so loudly.
    Memory,
}

impl Setting for StoreUrl {
    fn parse(value: &Value) -> Result<Self, String> {
        let what = "\"sled:DIRECTORY\" or \"memory:\"";
        let url = text(what, value)?;
        match url.strip_prefix("sled:") {
            Some(path) if !path.is_empty() && !path.contains('\0') => Ok(Self::Sled(path.into())),
            None if url == "memory:" => Ok(Self::Memory),
            _ => expected(what, value),
        }
    }

    fn print(&self) -> String {
        match self {
            Self::Sled(path) => quote(&format!("sled:{}", path.display())),
            Self::Memory => quote("memory:"),
        }
    }
}

impl Store {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let url = r.option(
            "url",
            StoreUrl::Sled("data".into()),
            "The engine and its place. \"sled:DIRECTORY\": the embedded engine, in a directory relative to the working \
             directory, for one node. \"memory:\": nothing is kept, for trials.",
        );
        let cache = r.ranged(
            "cache",
            Size::mib(64),
            Size::mib(1)..=Size::mib(65_536),
            "Memory for the engine's cache.",
        );
        Self {
            url,
            cache: cache.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<StoreUrl, String> {
        StoreUrl::parse(&Value::Text(text.into()))
    }

    #[test]
    fn a_store_url_names_the_engine_and_its_place() {
        assert_eq!(parse("sled:data"), Ok(StoreUrl::Sled("data".into())));
        assert_eq!(
            parse("sled:/var/lib/avouch"),
            Ok(StoreUrl::Sled("/var/lib/avouch".into()))
        );
        assert_eq!(parse("memory:"), Ok(StoreUrl::Memory));
        for text in [
            "",
            "sled",
            "sled:",
            "memory",
            "memory:x",
            "postgres://db",
            "data",
            "sled:\0",
        ] {
            assert!(parse(text).unwrap_err().contains("sled:DIRECTORY"), "{text}");
        }
    }

    #[test]
    fn a_store_url_prints_as_it_parses() {
        for text in ["sled:data", "memory:"] {
            assert_eq!(parse(text).unwrap().print(), format!("\"{text}\""));
        }
    }
}
