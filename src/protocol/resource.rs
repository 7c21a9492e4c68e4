//! Resource indicators (RFC 8707): what an access token is to be used at, and the audience that follows from it.

use serde::{Deserialize, Serialize};

use super::{
    error::{Error, ErrorCode},
    params::Params,
};

/// The parameter, the only one that may stand more than once (RFC 8707, 2).
pub const RESOURCE: &str = "resource";

/// More resources than any request needs.
const MOST: usize = 10;
/// The longest identifier that is read.
const MAX_LENGTH: usize = 512;

/// `aud` of a token: a string when it is the only one (RFC 7519, 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// The only one.
    One(String),
    /// Each of them.
    Several(Vec<String>),
}

impl Audience {
    /// Of these, which are at least one.
    pub fn of(resources: &[String]) -> Self {
        match resources {
            [only] => Self::One(only.clone()),
            several => Self::Several(several.to_vec()),
        }
    }
}

/// Whether this can name a resource: an absolute URI without a fragment (RFC 8707, 2).
pub fn is_identifier(text: &str) -> bool {
    let plain = text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain && !text.contains('#') && url::Url::parse(text).is_ok()
}

/// The resources that a request names, each once, in order. One that cannot be a resource is `invalid_target`.
pub fn asked(params: &Params) -> Result<Vec<String>, Error> {
    let mut asked = Vec::new();
    for resource in params.all(RESOURCE) {
        if !is_identifier(resource) {
            return Err(ErrorCode::InvalidTarget.because("resource is not an absolute URI without a fragment"));
        }
        asked.push(resource.to_owned());
    }
    asked.sort_unstable();
    asked.dedup();
    if asked.len() > MOST {
        return Err(ErrorCode::InvalidTarget.because("too many resources"));
    }
    Ok(asked)
}

/// The resources of a token request: some of those that were granted, or all when it names none. Never others: what
/// was granted for none in particular is not for one of them (RFC 8707, 2.2).
pub fn narrowed(granted: &[String], asked: Vec<String>) -> Result<Vec<String>, Error> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    if asked.iter().all(|resource| granted.contains(resource)) {
        return Ok(asked);
    }
    Err(ErrorCode::InvalidTarget.because("resource is more than what was granted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    fn read(query: &str) -> Result<Vec<String>, ErrorCode> {
        asked(&Params::parse(query.as_bytes()).unwrap()).map_err(|error| error.error)
    }

    #[test]
    fn several_resources_may_be_named_each_counts_once() {
        assert_eq!(read("a=b"), Ok(vec![]));
        assert_eq!(
            read("resource="),
            Ok(vec![]),
            "RFC 6749, 3.1: without a value it is omitted"
        );
        assert_eq!(
            read("resource=https://b.example&resource=https://a.example/x%3Fy&resource=https://b.example"),
            Ok(texts(&["https://a.example/x?y", "https://b.example"]))
        );
    }

    #[test]
    fn what_is_no_absolute_uri_without_fragment_is_an_invalid_target() {
        for resource in [
            "api",
            "/api",
            "//a.example",
            "https://",
            "https://a.example/%23x",
            "https://a.example/%20x",
            "https://a.example/%0a",
            "https://ä.example/",
        ] {
            assert_eq!(
                read(&format!("resource={resource}")),
                Err(ErrorCode::InvalidTarget),
                "{resource}"
            );
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_LENGTH));
        assert!(!is_identifier(&long));
        let many: Vec<_> = (0..=MOST).map(|at| format!("resource=https://{at}.example")).collect();
        assert_eq!(read(&many.join("&")), Err(ErrorCode::InvalidTarget));
        assert_eq!(read(&many[1..].join("&")).map(|it| it.len()), Ok(MOST));
        for good in ["urn:example:api", "https://a.example", "api://x/y?z=1"] {
            assert!(is_identifier(good), "{good}");
        }
    }

    #[test]
    fn a_token_request_narrows_and_never_widens() {
        let granted = texts(&["a:1", "b:2"]);
        assert_eq!(narrowed(&granted, vec![]), Ok(granted.clone()));
        assert_eq!(narrowed(&granted, texts(&["b:2"])), Ok(texts(&["b:2"])));
        for more in [texts(&["c:3"]), texts(&["a:1", "c:3"])] {
            assert_eq!(narrowed(&granted, more).unwrap_err().error, ErrorCode::InvalidTarget);
        }
        assert!(narrowed(&[], texts(&["a:1"])).is_err());
        assert_eq!(narrowed(&[], vec![]), Ok(vec![]));
    }

    #[test]
    fn a_single_audience_is_a_string() {
        let json = |list: &[&str]| serde_json::to_value(Audience::of(&texts(list))).unwrap();
        assert_eq!(json(&["a:1"]), "a:1");
        assert_eq!(json(&["a:1", "b:2"]), serde_json::json!(["a:1", "b:2"]));
        for text in [r#""a:1""#, r#"["a:1","b:2"]"#] {
            let read: Audience = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
