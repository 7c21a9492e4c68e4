//! `[resources.NAME]`: what access tokens can be used at (RFC 8707).

use std::collections::BTreeMap;

use super::reader::Reader;
use crate::protocol::{resource, scope::Scope};

/// The registered resources by their identifiers.
pub type Resources = BTreeMap<String, Resource>;

/// A resource that clients can ask access tokens for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The scopes that it knows; a token for it has no others.
    pub scopes: Scope,
    /// The `client_id`s that may ask for it; empty: all.
    pub clients: Vec<String>,
    /// What people call it.
    pub title: String,
}

/// One table of the section: the identifier and what it names.
fn read_one(r: &mut Reader<'_>, name: &str) -> (String, Resource) {
    let identifier = r.checked("identifier", String::new(), "", |identifier: &String| {
        if resource::is_identifier(identifier) {
            Ok(())
        } else {
            Err("expected an absolute URI without a fragment, such as \"https://api.example.com/\"".to_owned())
        }
    });
    let words = r.option("scopes", Vec::<String>::new(), "");
    let scopes = Scope::parse(&words.join(" ")).unwrap_or_else(|_| {
        r.refuse("scopes", "expected scopes as RFC 6749, 3.3 allows them".to_owned());
        Scope::default()
    });
    let clients = r.option("clients", Vec::new(), "");
    let title = r.option("title", name.to_owned(), "");
    (identifier, Resource { scopes, clients, title })
}

/// Reads all that are written; none ships.
pub(super) fn read(r: &mut Reader<'_>) -> Resources {
    let mut names = r.undeclared();
    names.sort();
    let mut resources = Resources::new();
    for name in names {
        let (identifier, one) = r.section(&name, "", |r| read_one(r, &name));
        if resources.contains_key(&identifier) {
            r.refuse(
                &name,
                format!("expected another identifier: {identifier:?} is registered already"),
            );
        }
        resources.insert(identifier, one);
    }
    resources
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Source};

    fn parse(file: &str) -> Result<Config, Vec<String>> {
        let source = Source {
            file: Some(("avouch.toml".into(), file.to_owned())),
            ..Source::default()
        };
        Config::parse(&source).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn none_ships_and_those_that_are_written_are_known_by_their_identifiers() {
        assert!(parse("").unwrap().resources.is_empty());
        let config = parse(
            "[resources.api]\nidentifier = \"https://api.example/\"\nscopes = [\"api:read\", \"api:write\"]\n\
             [resources.files]\nidentifier = \"urn:example:files\"\nclients = [\"web\"]\ntitle = \"Your files\"\n",
        );
        let resources = config.unwrap().resources;
        let api = &resources["https://api.example/"];
        assert_eq!(
            (api.scopes.to_string().as_str(), api.title.as_str()),
            ("api:read api:write", "api")
        );
        let files = &resources["urn:example:files"];
        assert_eq!(
            (files.clients.join(","), files.title.as_str()),
            ("web".to_owned(), "Your files")
        );
        assert!(files.scopes.is_empty());
    }

    #[test]
    fn what_cannot_be_a_resource_is_refused_at_its_key() {
        for (file, expected) in [
            ("[resources.api]\ntitle = \"x\"\n", "resources.api.identifier"),
            (
                "[resources.api]\nidentifier = \"api\"\n",
                "resources.api.identifier (avouch.toml:2)",
            ),
            (
                "[resources.api]\nidentifier = \"https://a.example/#x\"\n",
                "resources.api.identifier (avouch.toml:2)",
            ),
            (
                "[resources.api]\nidentifier = \"urn:a\"\nscopes = [\"a\\\"b\"]\n",
                "resources.api.scopes (avouch.toml:3)",
            ),
            (
                "[resources.api]\nidentifier = \"urn:a\"\nscope = \"x\"\n",
                "resources.api.scope (avouch.toml:3)",
            ),
            ("[resources]\napi = \"urn:a\"\n", "resources.api"),
            (
                "[resources.a]\nidentifier = \"urn:a\"\n[resources.b]\nidentifier = \"urn:a\"\n",
                "resources.b",
            ),
        ] {
            let errors = parse(file).unwrap_err();
            assert!(
                errors.iter().any(|error| error.starts_with(expected)),
                "{expected} not in {errors:?}"
            );
        }
    }
}
