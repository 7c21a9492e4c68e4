//! `[authorization]`: what the authorization endpoint can be asked for.

use super::reader::Reader;

/// What the authorization endpoint can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Whether tokens may pass through the browser, for clients that are registered for it.
    pub implicit: bool,
}

impl Authorization {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let implicit = r.option(
            "implicit",
            false,
            "Offers the implicit and hybrid response types (id_token, id_token token, code id_token, code token, code id_token \
             token) to clients that are registered for them. Tokens then pass through the browser, where others may read them: \
             RFC 9700, 2.1.2 advises against it, and an application that can use the code flow with PKCE should.",
        );
        Self { implicit }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Source};

    #[test]
    fn tokens_pass_through_the_browser_only_when_the_operator_says_so() {
        let implicit = |value: Option<&str>| {
            let env = value.map(|value| ("AVOUCH__AUTHORIZATION__IMPLICIT".to_owned(), value.to_owned()));
            let source = Source {
                env: env.into_iter().collect(),
                ..Source::default()
            };
            Config::parse(&source).map(|config| config.authorization.implicit)
        };
        assert_eq!(implicit(None).ok(), Some(false));
        assert_eq!(implicit(Some("true")).ok(), Some(true));
        assert_eq!(implicit(Some("false")).ok(), Some(false));
        assert!(implicit(Some("perhaps")).is_err());
    }
}
