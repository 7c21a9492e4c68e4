//! The `claims` parameter (OpenID Connect Core, 5.5): single claims that a client asks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::error::{Error, ErrorCode};

/// The longest `claims` parameter that is read.
pub const MAX_CLAIMS: usize = 4096;

/// What is asked of one place, by the name of the claim; `None` asks for it in the default manner (`null`).
pub type Members = BTreeMap<String, Option<ClaimRequest>>;

/// Which claims are asked for, and where they are to stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// In the userinfo response.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: Members,
    /// In the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: Members,
}

/// How a claim is asked for (OpenID Connect Core, 5.5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRequest {
    /// Whether the client cannot do without it. Absent claims are no error all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The value that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values that would do, the best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

impl ClaimRequest {
    /// Whether this value would do; any does when none is named.
    fn permits(&self, found: &str) -> bool {
        let named = || self.value.iter().chain(&self.values);
        named().next().is_none() || named().any(|value| value == found)
    }
}

impl ClaimsRequest {
    /// Reads the parameter. Members and claims that nobody knows are no error (5.5); what is not of the shape that 5.5
    /// gives is `invalid_request`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |why: String| ErrorCode::InvalidRequest.because(why);
        if text.len() > MAX_CLAIMS {
            return Err(refuse(format!("parameter claims is longer than {MAX_CLAIMS} bytes")));
        }
        let shape = || refuse("claims is not a JSON object as OpenID Connect Core, 5.5 describes it".to_owned());
        let Ok(Value::Object(mut places)) = serde_json::from_str(text) else {
            return Err(shape());
        };
        let mut read = |place: &str| match places.remove(place) {
            None => Ok(Members::new()),
            Some(Value::Object(claims)) => claims
                .into_iter()
                .map(|(claim, how)| match how {
                    Value::Null => Ok((claim, None)),
                    // An array would be read as a struct, too.
                    how @ Value::Object(_) => serde_json::from_value(how)
                        .map(|how| (claim, Some(how)))
                        .map_err(|_| shape()),
                    _ => Err(shape()),
                })
                .collect(),
            Some(_) => Err(shape()),
        };
        Ok(Self {
            userinfo: read("userinfo")?,
            id_token: read("id_token")?,
        })
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Leaves out the claims that `permitted` does not name.
    pub fn retain(&mut self, permitted: impl Fn(&str) -> bool) {
        self.userinfo.retain(|claim, _| permitted(claim));
        self.id_token.retain(|claim, _| permitted(claim));
    }

    /// The names of all claims that are asked for; one that is asked for in both places comes twice.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.userinfo.keys().chain(self.id_token.keys()).map(String::as_str)
    }

    /// Whether the end-user may be this one: a `sub` with a value means that one and nobody else (5.5.1).
    pub fn permits_sub(&self, sub: &str) -> bool {
        let asked = [&self.userinfo, &self.id_token].map(|claims| claims.get("sub"));
        asked.into_iter().flatten().flatten().all(|asked| asked.permits(sub))
    }

    /// Whether an authentication of this `acr` will do: one that is essential must have one of the named values
    /// (5.5.1.1); any other wish for it is voluntary.
    pub fn permits_acr(&self, acr: &str) -> bool {
        match self.id_token.get("acr") {
            Some(Some(asked)) if asked.essential => asked.permits(acr),
            _ => true,
        }
    }

    /// The values of an `acr` that the client would like and can do without, the best first.
    pub fn wished_acr(&self) -> impl Iterator<Item = &str> {
        let asked = self.id_token.get("acr").and_then(Option::as_ref);
        let wished = asked.filter(|asked| !asked.essential);
        wished
            .into_iter()
            .flat_map(|asked| asked.value.iter().chain(&asked.values))
            .filter_map(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(json: &Value) -> ClaimsRequest {
        ClaimsRequest::parse(&json.to_string()).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_understood() {
        // OpenID Connect Core, 5.5.
        let request = read(&json!({
            "userinfo": {
                "given_name": {"essential": true},
                "nickname": null,
                "email": {"essential": true},
                "picture": null,
                "http://example.info/claims/groups": null
            },
            "id_token": {
                "auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]}
            }
        }));
        assert!(request.userinfo["given_name"].as_ref().unwrap().essential);
        assert_eq!(request.userinfo["nickname"], None);
        assert_eq!(request.userinfo.len(), 5);
        let acr = request.id_token["acr"].as_ref().unwrap();
        assert_eq!(
            (acr.essential, &acr.values),
            (false, &vec![json!("urn:mace:incommon:iap:silver")])
        );
    }

    #[test]
    fn what_nobody_knows_is_ignored() {
        let request =
            read(&json!({"other": [1], "userinfo": {"name": {"essential": false, "purpose": "x", "value": 1}}}));
        assert_eq!(request.userinfo["name"].as_ref().unwrap().value, Some(json!(1)));
        assert!(read(&json!({})).is_empty());
        assert!(read(&json!({"userinfo": {}, "id_token": {}})).is_empty());
    }

    #[test]
    fn what_has_another_shape_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "[{},{}]",
            "\"name\"",
            "{",
            "{}{}",
            r#"{"userinfo":null}"#,
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":["name"]}"#,
            r#"{"id_token":"name"}"#,
            r#"{"userinfo":{"name":true}}"#,
            r#"{"userinfo":{"name":[true]}}"#,
            r#"{"userinfo":{"name":"x"}}"#,
            r#"{"userinfo":{"name":{"essential":"true"}}}"#,
            r#"{"userinfo":{"name":{"essential":1}}}"#,
            r#"{"userinfo":{"name":{"values":"x"}}}"#,
            r#"{"userinfo":{"name":{"values":{}}}}"#,
        ] {
            assert_eq!(
                ClaimsRequest::parse(text).unwrap_err().error,
                ErrorCode::InvalidRequest,
                "{text}"
            );
        }
        let deep = format!(r#"{{"userinfo":{{"name":{{"value":{}}}}}}}"#, "[".repeat(2000));
        assert!(ClaimsRequest::parse(&deep).is_err());
        let long = json!({"userinfo": {"x".repeat(MAX_CLAIMS): null}}).to_string();
        assert!(ClaimsRequest::parse(&long).is_err());
    }

    #[test]
    fn a_sub_with_a_value_means_one_end_user_wherever_it_stands() {
        for place in ["userinfo", "id_token"] {
            let request = read(&json!({place: {"sub": {"value": "alice"}}}));
            assert!(request.permits_sub("alice") && !request.permits_sub("bob"), "{place}");
            let request = read(&json!({place: {"sub": {"values": ["alice", "bob"]}}}));
            assert!(request.permits_sub("bob") && !request.permits_sub("carol"), "{place}");
            for anybody in [
                json!({place: {"sub": null}}),
                json!({place: {"sub": {"essential": true}}}),
            ] {
                assert!(read(&anybody).permits_sub("alice"));
            }
            assert!(!read(&json!({place: {"sub": {"value": 1}}})).permits_sub("1"));
        }
        let both = read(&json!({"userinfo": {"sub": {"value": "a"}}, "id_token": {"sub": {"value": "b"}}}));
        assert!(!both.permits_sub("a") && !both.permits_sub("b"));
    }

    #[test]
    fn only_an_essential_acr_with_values_must_be_met() {
        let acr = |how: Value| read(&json!({"id_token": {"acr": how}}));
        for met in [
            json!(null),
            json!({"essential": true}),
            json!({"values": ["2"]}),
            json!({"essential": false, "values": ["2"]}),
            json!({"essential": true, "values": ["2", "1"]}),
            json!({"essential": true, "value": "1"}),
            json!({"essential": true, "values": []}),
        ] {
            assert!(acr(met.clone()).permits_acr("1"), "{met}");
        }
        for unmet in [
            json!({"essential": true, "values": ["2"]}),
            json!({"essential": true, "value": "2"}),
        ] {
            assert!(!acr(unmet.clone()).permits_acr("1"), "{unmet}");
        }
        let elsewhere = read(&json!({"userinfo": {"acr": {"essential": true, "values": ["2"]}}}));
        assert!(elsewhere.permits_acr("1"), "5.5.1.1 speaks of the ID token");
    }

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let request = read(
            &json!({"userinfo": {"name": null, "email": {"essential": true}}, "id_token": {"acr": {"value": "1"}}}),
        );
        let kept = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&kept).unwrap(), request);
        assert_eq!(serde_json::to_string(&ClaimsRequest::default()).unwrap(), "{}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\":,a-z0-9 ]{0,60}") {
            let _ = ClaimsRequest::parse(&text);
        }
    }
}
