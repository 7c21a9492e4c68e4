use proptest::prelude::*;

use super::*;
use crate::protocol::error::ErrorCode;

fn destination(redirect_uri: &str, mode: ResponseMode) -> Destination {
    Destination::proven(redirect_uri.to_owned(), mode, Some("x &y".to_owned()))
}

fn url(answer: &Answer) -> String {
    match answer.delivery() {
        Delivery::Redirect(url) => url,
        Delivery::FormPost { .. } => panic!("{answer:?}"),
    }
}

fn code() -> Granted {
    Granted {
        code: Some("c".to_owned()),
        ..Granted::default()
    }
}

#[test]
fn an_answer_has_state_and_iss_and_keeps_the_query_of_the_redirect_uri() {
    let here = destination("https://app.example/cb?a=1", ResponseMode::Query);
    assert_eq!(
        url(&here.with(code(), "https://id.example")),
        "https://app.example/cb?a=1&code=c&state=x+%26y&iss=https%3A%2F%2Fid.example"
    );
    let refused = ErrorCode::AccessDenied.because("no");
    assert_eq!(
        url(&here.with_error(&refused, "https://id.example")),
        "https://app.example/cb?a=1&error=access_denied&error_description=no&state=x+%26y&iss=https%3A%2F%2Fid.example"
    );
}

#[test]
fn a_fragment_leaves_the_query_alone() {
    let here = destination("https://app.example/cb?a=1", ResponseMode::Fragment);
    assert_eq!(
        url(&here.with(code(), "https://id.example")),
        "https://app.example/cb?a=1#code=c&state=x+%26y&iss=https%3A%2F%2Fid.example"
    );
}

#[test]
fn a_form_carries_everything_and_the_url_nothing() {
    let here = destination("https://app.example/cb?a=1", ResponseMode::FormPost);
    let granted = Granted {
        access_token: Some(GrantedToken {
            access_token: "t".to_owned(),
            expires_in: 60,
            scope: Scope::parse("openid email").unwrap(),
        }),
        id_token: Some("i".to_owned()),
        ..code()
    };
    let answer = here.with(granted, "https://id.example");
    let expected = [
        ("access_token", "t"),
        ("token_type", "Bearer"),
        ("expires_in", "60"),
        ("scope", "email openid"),
        ("id_token", "i"),
        ("code", "c"),
        ("state", "x &y"),
        ("iss", "https://id.example"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let Delivery::FormPost { action, fields } = answer.delivery() else {
        panic!("{answer:?}")
    };
    assert_eq!((action, fields), ("https://app.example/cb?a=1", &expected[..]));
    let shown = format!("{answer:?}");
    assert!(shown.contains("access_token") && !shown.contains("\"t\"") && !shown.contains("x &y"));
}

#[test]
fn the_words_of_a_response_type_have_no_order() {
    for (text, expected) in [
        ("code", Some(ResponseType::Code)),
        ("id_token", Some(ResponseType::IdToken)),
        ("token id_token", Some(ResponseType::IdTokenToken)),
        ("id_token code", Some(ResponseType::CodeIdToken)),
        ("token code", Some(ResponseType::CodeToken)),
        ("token id_token code", Some(ResponseType::CodeIdTokenToken)),
        (" code  token ", Some(ResponseType::CodeToken)),
        // Plain OAuth, nothing at all, twice the same, another case, and a word that is none.
        ("token", None),
        ("none", None),
        ("", None),
        ("code code", None),
        ("Code", None),
        ("code,token", None),
        ("code id_token token device", None),
    ] {
        assert_eq!(ResponseType::parse(text), expected, "{text:?}");
    }
    for known in ResponseType::ALL {
        assert_eq!(serde_json::to_value(known).unwrap(), known.as_str(), "as in the store");
        assert_eq!(ResponseType::parse(known.as_str()), Some(known));
        for (word, has) in [
            ("code", known.has_code()),
            ("id_token", known.has_id_token()),
            ("token", known.has_token()),
        ] {
            assert_eq!(known.as_str().split(' ').any(|it| it == word), has, "{known:?} {word}");
        }
    }
}

#[test]
fn an_answer_travels_as_asked_and_tokens_never_in_a_query() {
    use ResponseMode::{FormPost, Fragment, Query};
    // Multiple Response Types, 2.1, 3 and 5; Form Post Response Mode, 1; RFC 6749, 4.1.2.1 and 4.2.2.1.
    for (response_type, response_mode, expected) in [
        (Some("code"), None, Query),
        (Some("code"), Some("query"), Query),
        (Some("code"), Some("fragment"), Fragment),
        (Some("code"), Some("form_post"), FormPost),
        (Some("code"), Some("web_message"), Query),
        (Some("code"), Some("FORM_POST"), Query),
        (Some("id_token"), None, Fragment),
        (Some("code id_token"), Some("query"), Fragment),
        (Some("token code"), Some("form_post"), FormPost),
        (Some("id_token token"), Some("jwt"), Fragment),
        (Some("token"), None, Fragment),
        (Some("token"), Some("query"), Fragment),
        (Some("device"), None, Query),
        (None, None, Query),
        (None, Some("fragment"), Fragment),
    ] {
        assert_eq!(
            ResponseMode::of_answer(response_type, response_mode),
            expected,
            "{response_type:?} {response_mode:?}"
        );
    }
    for known in ResponseType::ALL {
        assert_eq!(
            ResponseMode::of_answer(Some(known.as_str()), None),
            known.default_mode()
        );
        assert_eq!(known.permits(Query), known == ResponseType::Code);
        assert!(known.permits(Fragment) && known.permits(FormPost));
    }
}

#[test]
fn response_types_and_grant_types_agree() {
    use GrantType::{AuthorizationCode, ClientCredentials, Implicit, RefreshToken};
    // OpenID Connect Registration, 2: the table of response_types.
    let rows: [(&[&str], &[GrantType], bool); 14] = [
        (&["code"], &[AuthorizationCode], true),
        (&["code"], &[AuthorizationCode, RefreshToken, ClientCredentials], true),
        (&[], &[ClientCredentials], true),
        (&["id_token"], &[Implicit], true),
        (&["token id_token"], &[Implicit], true),
        (
            &["code id_token", "code token", "id_token code token"],
            &[AuthorizationCode, Implicit],
            true,
        ),
        (&["code", "id_token"], &[AuthorizationCode, Implicit], true),
        (&["code"], &[], false),
        (&["code"], &[AuthorizationCode, Implicit], false),
        (&["id_token"], &[AuthorizationCode, Implicit], false),
        (&["code id_token"], &[AuthorizationCode], false),
        (&["code token"], &[Implicit], false),
        (&[], &[AuthorizationCode], false),
        (&["code", "token"], &[AuthorizationCode, Implicit], false),
    ];
    for (response_types, grant_types, expected) in rows {
        let response_types: Vec<String> = response_types.iter().map(|&it| it.to_owned()).collect();
        assert_eq!(
            agree(&response_types, grant_types).is_ok(),
            expected,
            "{response_types:?} {grant_types:?}"
        );
    }
}

proptest! {
    #[test]
    fn every_way_brings_the_same_to_the_client(state in "\\PC{0,40}", code in "\\PC{1,40}", mode in 0usize..3) {
        let mode = ResponseMode::ALL[mode];
        let here = Destination::proven("https://app.example/cb".to_owned(), mode, Some(state.clone()));
        let granted = Granted { code: Some(code.clone()), ..Granted::default() };
        let answer = here.with(granted, "https://id.example");
        let came: Vec<(String, String)> = match answer.delivery() {
            Delivery::FormPost { action, fields } => {
                prop_assert_eq!(action, "https://app.example/cb");
                fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
            }
            Delivery::Redirect(url) => {
                prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));
                let mark = if mode == ResponseMode::Query { '?' } else { '#' };
                let (before, after) = url.split_once(mark).unwrap();
                prop_assert_eq!(before, "https://app.example/cb");
                url::form_urlencoded::parse(after.as_bytes()).into_owned().collect()
            }
        };
        let expected = [("code", code.as_str()), ("state", &state), ("iss", "https://id.example")];
        prop_assert_eq!(came, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
