//! Request parameters: form-urlencoded, valid UTF-8, each at most once (RFC 6749, 3.1 and 3.2) but `resource` (RFC 8707, 2).

use std::{borrow::Cow, fmt};

use super::{
    error::{Error, ErrorCode},
    resource::RESOURCE,
};

/// More parameters than any request of the specifications has: looking for repetition costs their square.
const MAX_PARAMS: usize = 100;

/// The parameters of one request, decoded.
///
/// A parameter without a value counts as omitted (RFC 6749, 3.1). A repeated one is remembered: the authorization endpoint must
/// prove the redirect URI before it may say so by redirect; everybody else calls [`Params::parse`], which refuses it at once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    values: Vec<(String, String)>,
    repeated: Vec<String>,
}

impl Params {
    /// Decodes `application/x-www-form-urlencoded` bytes and refuses repeated parameters.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let params = Self::decode(bytes)?;
        params.each_once()?;
        Ok(params)
    }

    /// Decodes and remembers repetition for [`Params::each_once`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut params = Self::default();
        for pair in bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.iter().position(|&b| b == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            let (name, value) = (decode_component(name)?, decode_component(value)?);
            if params.values.len() + params.repeated.len() >= MAX_PARAMS {
                return Err(ErrorCode::InvalidRequest.because("too many parameters"));
            }
            if name != RESOURCE && params.values.iter().any(|(known, _)| *known == name) {
                params.repeated.push(name);
            } else {
                params.values.push((name, value));
            }
        }
        Ok(params)
    }

    /// Refuses a request in which any parameter stands twice.
    pub fn each_once(&self) -> Result<(), Error> {
        match self.repeated.first() {
            Some(name) => Err(ErrorCode::InvalidRequest.because(format!("parameter {name} is repeated"))),
            None => Ok(()),
        }
    }

    /// The value of a parameter, `None` when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may stand more than once, without the empty ones.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let own = self.values.iter().filter(move |(known, _)| known == name);
        own.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a parameter that must be there.
    pub fn require(&self, name: &'static str) -> Result<&str, Error> {
        self.get(name)
            .ok_or_else(|| ErrorCode::InvalidRequest.because(format!("parameter {name} is missing")))
    }

    /// Names and values, in their order; of a repeated parameter the first value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether this very parameter stands twice.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.repeated.iter().any(|known| known == name)
    }

    /// The same request written out again, in its order.
    pub fn to_query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.values)
            .finish()
    }
}

/// Names only: values are passwords, codes and secrets.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.iter().map(|(name, _)| name)).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self {
            values: pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            repeated: Vec::new(),
        }
    }
}

/// Percent- and plus-decoding that refuses what is not text: `form_urlencoded` would replace it silently.
fn decode_component(bytes: &[u8]) -> Result<String, Error> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().copied().and_then(hex), rest.next().copied().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(ErrorCode::InvalidRequest.because("a percent sign is not followed by two hex digits")),
            },
            other => other,
        });
    }
    match String::from_utf8(decoded) {
        Ok(text) if text.contains('\0') => Err(ErrorCode::InvalidRequest.because("a parameter contains NUL")),
        Ok(text) => Ok(text),
        Err(_) => Err(ErrorCode::InvalidRequest.because("a parameter is not UTF-8")),
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// `uri` with parameters added to its query, every other byte of it kept (RFC 6749, 3.1.2: an existing query is retained).
pub fn with_query<'a>(uri: &str, pairs: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name, &value);
    }
    let query = query.finish();
    let separator = match uri.find('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some(at) if at + 1 == uri.len() || uri.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_parameter_stands_at_most_once() {
        let error = Params::parse(b"scope=openid&state=1&scope=email").unwrap_err();
        assert_eq!(error.error, ErrorCode::InvalidRequest);
        assert!(error.error_description.contains("scope"));
        assert!(Params::parse(b"scope=&scope=openid").is_err());
        let params = Params::decode(b"state=1&nonce=1&nonce=2&state=2").unwrap();
        assert!(params.is_repeated("state") && params.is_repeated("nonce") && !params.is_repeated("scope"));
    }

    #[test]
    fn resource_alone_may_stand_more_than_once() {
        let params = Params::parse(b"resource=a&resource=&x=1&resource=b").unwrap();
        assert_eq!(params.all("resource").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(params.all("x").collect::<Vec<_>>(), ["1"]);
        assert_eq!(Params::parse(params.to_query().as_bytes()).unwrap(), params);
        assert!(Params::parse(b"resource=a&Resource=b&Resource=c").is_err());
    }

    #[test]
    fn a_request_has_a_bounded_number_of_parameters() {
        let query = |count: usize| {
            (0..count)
                .map(|number| format!("p{number}="))
                .collect::<Vec<_>>()
                .join("&")
        };
        assert!(Params::parse(query(100).as_bytes()).is_ok());
        assert_eq!(
            Params::parse(query(101).as_bytes()).unwrap_err().error,
            ErrorCode::InvalidRequest
        );
    }

    #[test]
    fn values_are_not_printed() {
        let params = Params::parse(b"username=alice&password=hunter2").unwrap();
        assert_eq!(format!("{params:?}"), r#"{"username", "password"}"#);
    }

    #[test]
    fn a_parameter_without_a_value_is_omitted() {
        let params = Params::parse(b"state=&nonce&scope=openid+email").unwrap();
        assert_eq!((params.get("state"), params.get("nonce")), (None, None));
        assert_eq!(params.get("scope"), Some("openid email"));
        assert!(params.require("state").is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &b"a=%ff"[..],
            b"a=%00",
            b"a=%4",
            b"a=%zz",
            b"a=\xc3\x28",
            b"%00=a",
            b"a=%+1",
        ] {
            assert_eq!(
                Params::parse(bytes).unwrap_err().error,
                ErrorCode::InvalidRequest,
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn a_query_is_extended_and_nothing_of_the_uri_changes() {
        let state = || [("state", Cow::from("a b&c"))];
        assert_eq!(
            with_query("https://a.example", state()),
            "https://a.example?state=a+b%26c"
        );
        assert_eq!(
            with_query("https://a.example/cb?x=1", state()),
            "https://a.example/cb?x=1&state=a+b%26c"
        );
        assert_eq!(
            with_query("https://a.example/cb?", state()),
            "https://a.example/cb?state=a+b%26c"
        );
        assert_eq!(with_query("com.example.app:/cb", []), "com.example.app:/cb");
    }

    proptest! {
        #[test]
        fn what_is_written_out_reads_back(pairs in prop::collection::btree_map("[^\0]{1,8}", "[^\0]{0,12}", 0..6)) {
            let params: Params = pairs.into_iter().collect();
            prop_assert_eq!(Params::parse(params.to_query().as_bytes()).unwrap(), params);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Params::parse(&bytes);
        }
    }
}
