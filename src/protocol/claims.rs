//! Claims about an end-user (OpenID Connect Core, 5.1 and 5.4), and those that applications really use.

pub mod email;
pub mod request;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    error::{Error, ErrorCode},
    scope::Scope,
};

/// The address claim (OpenID Connect Core, 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// The whole address, lines separated by `\n`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street and number, possibly several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State, province or prefecture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Zip code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The standard claims that a user record keeps; `sub`, `email`, `email_verified` and `updated_at` are kept beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "the names and meanings are those of OpenID Connect Core, 5.1"
)]
pub struct StandardClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub phone_number_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// Each standard claim and the scope that asks for it (OpenID Connect Core, 5.4). `sub` is always there.
pub const STANDARD_CLAIMS: [(&str, &str); 19] = [
    ("name", "profile"),
    ("family_name", "profile"),
    ("given_name", "profile"),
    ("middle_name", "profile"),
    ("nickname", "profile"),
    ("preferred_username", "profile"),
    ("profile", "profile"),
    ("picture", "profile"),
    ("website", "profile"),
    ("gender", "profile"),
    ("birthdate", "profile"),
    ("zoneinfo", "profile"),
    ("locale", "profile"),
    ("updated_at", "profile"),
    ("email", "email"),
    ("email_verified", "email"),
    ("address", "address"),
    ("phone_number", "phone"),
    ("phone_number_verified", "phone"),
];

/// Claims that no configuration, file or request may set through the map of attributes: the provider alone says them.
pub const RESERVED_CLAIMS: [&str; 33] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "typ",
    "client_id",
    "scope",
    "cnf",
    "act",
    "may_act",
    "events",
    "role",
    "tenant_id",
    "organization_ids",
    "org_role",
    "active",
    "token_type",
    "username",
    "_claim_names",
    "_claim_sources",
    "txn",
];

/// A claim that the daemon can send empty must never be sent so: several verifiers refuse `""` (S4-07).
impl StandardClaims {
    /// Checks the shapes that OpenID Connect Core, 5.1 gives; an error names the claim.
    pub fn validate(&self) -> Result<(), Error> {
        let refuse = |claim: &str, why: &str| Err(ErrorCode::InvalidRequest.because(format!("{claim}: {why}")));
        let texts = [
            ("name", &self.name),
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
            ("middle_name", &self.middle_name),
            ("nickname", &self.nickname),
            ("preferred_username", &self.preferred_username),
            ("profile", &self.profile),
            ("picture", &self.picture),
            ("website", &self.website),
            ("gender", &self.gender),
            ("birthdate", &self.birthdate),
            ("zoneinfo", &self.zoneinfo),
            ("locale", &self.locale),
            ("phone_number", &self.phone_number),
        ];
        for (claim, text) in texts {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.len() > 2048 || text.chars().any(char::is_control) {
                return refuse(claim, "must be 1 to 2048 bytes without control characters");
            }
            if matches!(claim, "profile" | "picture" | "website") && !is_web_url(text) {
                return refuse(claim, "must be an http or https URL");
            }
        }
        if self.birthdate.as_deref().is_some_and(|date| !is_birthdate(date)) {
            return refuse("birthdate", "must be YYYY-MM-DD, 0000-MM-DD or YYYY");
        }
        if self.phone_number_verified && self.phone_number.is_none() {
            return refuse("phone_number_verified", "there is no phone_number");
        }
        if self
            .address
            .as_ref()
            .is_some_and(|address| *address == Address::default())
        {
            return refuse("address", "must have a member");
        }
        Ok(())
    }

    /// The claims with their names; absent ones are left out, never null or empty (OpenID Connect Core, 5.3.2).
    pub fn to_map(&self) -> Map<String, Value> {
        let mut map = match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        if self.phone_number.is_some() {
            map.insert("phone_number_verified".to_owned(), self.phone_number_verified.into());
        }
        map
    }
}

fn is_web_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// ISO 8601-1 `YYYY-MM-DD` (year 0000 when withheld) or `YYYY`.
fn is_birthdate(text: &str) -> bool {
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [year] => number(year, 4).is_some(),
        [year, month, day] => {
            let length = match number(month, 2) {
                Some(2) => 29,
                Some(4 | 6 | 9 | 11) => 30,
                Some(1..=12) => 31,
                _ => return false,
            };
            number(year, 4).is_some() && number(day, 2).is_some_and(|day| (1..=length).contains(&day))
        }
        _ => false,
    }
}

/// Whether a text can be an e-mail address: one `@`, something on both sides, a dot in the domain, nothing that is not printable.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= 254
        && !local.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// The claims of a [`Standing`] that every user has.
pub const STANDING_CLAIMS: [&str; 4] = ["role", "tenant_id", "organization_ids", "org_role"];

/// Where a user stands in the application: the claims that backends authorize by (S1-05, S1-09).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// `user`, `admin`, or another role of the configuration.
    pub role: String,
    /// The active organization; null when there is none.
    pub tenant_id: Option<String>,
    /// All organizations; empty, never null.
    pub organization_ids: Vec<String>,
    /// The role in the active organization.
    pub org_role: Option<String>,
    /// Profile attributes as configured for this client; null when unset.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

/// The members of `claims` that the scope asks for.
pub fn for_scope(claims: &Map<String, Value>, scope: &Scope) -> Map<String, Value> {
    let asked = STANDARD_CLAIMS.iter().filter(|(_, word)| scope.contains(word));
    asked
        .filter_map(|(claim, _)| claims.get(*claim).map(|value| ((*claim).to_owned(), value.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> Map<String, Value> {
        STANDARD_CLAIMS
            .iter()
            .map(|(claim, _)| ((*claim).to_owned(), json!("x")))
            .collect()
    }

    #[test]
    fn a_scope_brings_its_claims_and_no_others() {
        let cases = [
            ("openid", 0),
            ("profile", 14),
            ("email", 2),
            ("address", 1),
            ("phone", 2),
            ("openid profile email address phone", 19),
        ];
        for (scope, expected) in cases {
            let scope = Scope::parse(scope).unwrap();
            let claims = for_scope(&all(), &scope);
            assert_eq!(claims.len(), expected, "{scope}");
            assert!(
                STANDARD_CLAIMS
                    .iter()
                    .all(|(claim, word)| claims.contains_key(*claim) == scope.contains(word))
            );
        }
    }

    #[test]
    fn absent_claims_are_left_out() {
        assert!(StandardClaims::default().to_map().is_empty());
        let claims = StandardClaims {
            phone_number: Some("+49 1".to_owned()),
            ..StandardClaims::default()
        };
        assert_eq!(
            Value::Object(claims.to_map()),
            json!({"phone_number": "+49 1", "phone_number_verified": false})
        );
    }

    #[test]
    fn claims_have_the_shapes_of_the_specification() {
        let wrong = [
            json!({"name": ""}),
            json!({"name": "a\u{0}b"}),
            json!({"picture": "javascript:alert(1)"}),
            json!({"website": "app.example"}),
            json!({"birthdate": "1999-02-30"}),
            json!({"birthdate": "1999-13-01"}),
            json!({"birthdate": "99"}),
            json!({"birthdate": "01.02.1999"}),
            json!({"phone_number_verified": true}),
            json!({"address": {}}),
        ];
        for claims in wrong {
            let read: StandardClaims = serde_json::from_value(claims.clone()).unwrap();
            assert!(read.validate().is_err(), "{claims}");
        }
        for birthdate in ["1999-02-28", "0000-12-31", "1999"] {
            let read = StandardClaims {
                birthdate: Some(birthdate.to_owned()),
                ..StandardClaims::default()
            };
            assert!(read.validate().is_ok(), "{birthdate}");
        }
    }

    #[test]
    fn an_email_address_has_a_name_and_a_domain() {
        for good in ["a@b.example", "ünï@b.example", "a+b@c.d.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@b.",
            "a@@b.example",
            "a b@c.example",
            "a@b.exa\nmple",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_standing_shows_null_and_empty_as_backends_expect() {
        let standing = Standing {
            role: "user".to_owned(),
            ..Standing::default()
        };
        let expected = json!({"role": "user", "tenant_id": null, "organization_ids": [], "org_role": null});
        assert_eq!(serde_json::to_value(standing).unwrap(), expected);
    }
}
