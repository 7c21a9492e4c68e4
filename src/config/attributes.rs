//! `[attributes.NAME]`: profile attributes of end-users beyond the standard claims.

use std::collections::BTreeMap;

use super::{
    people::AskedAtSignUp,
    reader::Reader,
    setting::{Setting, print_word, word},
    source::Value,
};

/// The declared attributes by the claim that carries each.
pub type Attributes = BTreeMap<String, Attribute>;

/// A profile attribute: what it may hold, and who receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// What it holds.
    pub kind: AttributeType,
    /// The values it may have, each item's values for a list; empty when any will do.
    pub values: Vec<String>,
    /// The scope that lets a client receive it; without one, only `clients` do.
    pub scope: Option<String>,
    /// The `client_id`s that receive it whatever the scope.
    pub clients: Vec<String>,
    /// What people call it.
    pub title: String,
    /// Whether the sign-up form asks for it.
    pub sign_up: AskedAtSignUp,
    /// Whether people may set their own.
    pub editable: bool,
}

/// What an attribute holds, in the words of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// A string.
    String,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// An array of strings.
    StringList,
}

const TYPES: [(&str, AttributeType); 4] = [
    ("string", AttributeType::String),
    ("boolean", AttributeType::Boolean),
    ("number", AttributeType::Number),
    ("string_list", AttributeType::StringList),
];

impl Setting for AttributeType {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&TYPES, value)
    }

    fn print(&self) -> String {
        print_word(&TYPES, *self)
    }
}

/// Claims whose meaning is fixed: the registered ones (RFC 7519, 10.1; OpenID Connect Core 1.0, 2 and 5.1; RFC 7662, 2.2;
/// RFC 8693, 4; RFC 9068, 2.2) and our own.
const RESERVED: &str = "\
     _claim_names _claim_sources acr act active address amr at_hash at_use_nbr aud auth_time authorization_details \
     azp birthdate c_hash client_id cnf email email_verified entitlements events exp family_name gender given_name \
     grant_id groups htm htu iat iss jti locale may_act middle_name name nbf nickname nonce org_role organization_ids \
     orig origid phone_number phone_number_verified picture preferred_username profile role roles s_hash scope sid \
     sub sub_id sub_jwk tenant_id toe token_type token_use txn updated_at username vot website zoneinfo";

/// What ships: name, values, title.
const SHIPPED: [(&str, &[&str], &str); 3] = [
    ("hardware_tier", &["tier1", "tier2", "tier3", "tier4"], "Hardware tier"),
    (
        "software_background",
        &["beginner", "intermediate", "advanced"],
        "Software background",
    ),
    ("tier", &[], "Tier"),
];

impl Attribute {
    /// Whether `value` may stand in this attribute, else what was expected. `null` stands for no value and always may.
    pub fn check(&self, value: &serde_json::Value) -> Result<(), String> {
        use serde_json::Value as Json;
        let allowed = |text: &String| self.values.is_empty() || self.values.contains(text);
        let (fits, what) = match (self.kind, value) {
            (_, Json::Null) => (true, ""),
            (AttributeType::String, Json::String(text)) => (allowed(text), "a string"),
            (AttributeType::StringList, Json::Array(items)) => (
                items
                    .iter()
                    .all(|item| matches!(item, Json::String(text) if allowed(text))),
                "a list of strings",
            ),
            (AttributeType::String, _) => (false, "a string"),
            (AttributeType::StringList, _) => (false, "a list of strings"),
            (AttributeType::Boolean, value) => (value.is_boolean(), "true or false"),
            (AttributeType::Number, value) => (value.is_number(), "a number"),
        };
        match (fits, self.values.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(format!("expected {what}")),
            (false, false) => Err(format!("expected {what} out of {}", self.values.join(", "))),
        }
    }

    /// An attribute as it stands when nothing is said about it.
    fn plain(name: &str) -> Self {
        let shipped = SHIPPED.iter().find(|(shipped, ..)| *shipped == name);
        let (_, values, title) = shipped.copied().unwrap_or((name, &[], name));
        Self {
            kind: AttributeType::String,
            values: values.iter().map(ToString::to_string).collect(),
            scope: Some("profile".to_owned()),
            clients: Vec::new(),
            title: title.to_owned(),
            sign_up: AskedAtSignUp::No,
            editable: false,
        }
    }

    /// `None` when the attribute is switched off. The first attribute documents the options for all.
    fn read(r: &mut Reader<'_>, name: &str, first: bool) -> Option<Self> {
        let plain = Self::plain(name);
        let doc = |text: &'static str| if first { text } else { "" };
        let text = doc("Whether the attribute exists; false takes a shipped one away.");
        let enabled = r.option("enabled", true, text);
        let text = doc("What it holds: \"string\", \"boolean\", \"number\" or \"string_list\".");
        let kind = r.option("type", plain.kind, text);
        let text = doc("The values it may have; for a list, each item's. Empty: any.");
        let values = r.option("values", plain.values, text);
        let text = doc("The scope that lets a client receive it as a claim. Empty: only \"clients\" receive it.");
        let scope = r.checked("scope", plain.scope, text, |scope| is_scope(scope.as_deref()));
        let clients = r.option(
            "clients",
            plain.clients,
            doc("The client_ids that receive it whatever the scope."),
        );
        let title = r.option("title", plain.title, doc("What people call it."));
        let text = doc(
            "Whether the form of a new account asks for it: \"no\", \"optional\" or \"required\". Never for what a backend \
             decides by.",
        );
        let sign_up = r.option("sign_up", plain.sign_up, text);
        let editable = r.option(
            "editable",
            plain.editable,
            doc("Whether people may set their own at /account/profile. Never for what a backend decides by."),
        );
        if !values.is_empty() && !matches!(kind, AttributeType::String | AttributeType::StringList) {
            r.refuse(
                "values",
                "expected no values unless the type is \"string\" or \"string_list\"".to_owned(),
            );
        }
        enabled.then_some(Self {
            kind,
            values,
            scope,
            clients,
            title,
            sign_up,
            editable,
        })
    }
}

/// A scope-token (RFC 6749, 3.3).
fn is_scope(scope: Option<&str>) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
    match scope {
        Some(scope) if !scope.bytes().all(plain) => Err(format!("expected a single scope, found {scope:?}")),
        _ => Ok(()),
    }
}

fn is_name(name: &str) -> Result<(), String> {
    if RESERVED.split(' ').any(|reserved| reserved == name) {
        return Err(format!(
            "{name:?} is a claim with a meaning of its own: expected another name"
        ));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    let letter = name.starts_with(|first: char| first.is_ascii_alphabetic());
    if !letter || name.len() > 128 || !name.bytes().all(plain) {
        return Err("expected a name of at most 128 letters, digits and _-.:/ that starts with a letter".to_owned());
    }
    Ok(())
}

/// Reads the shipped attributes, changed by what is written about them, and all others that are written.
pub(super) fn read(r: &mut Reader<'_>) -> Attributes {
    let mut names: Vec<_> = SHIPPED
        .iter()
        .map(|(name, ..)| (*name).to_owned())
        .chain(r.undeclared())
        .collect();
    names.sort();
    names.dedup();
    let mut attributes = Attributes::new();
    for (place, name) in names.into_iter().enumerate() {
        let attribute = r.section(&name, "", |r| Attribute::read(r, &name, place == 0));
        if let Err(message) = is_name(&name) {
            r.refuse(&name, message);
        }
        attributes.extend(attribute.map(|attribute| (name, attribute)));
    }
    attributes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attribute(kind: AttributeType, values: &[&str]) -> Attribute {
        Attribute {
            kind,
            values: values.iter().map(ToString::to_string).collect(),
            ..Attribute::plain("x")
        }
    }

    #[test]
    fn a_value_must_have_the_declared_type() {
        for (kind, good, bad) in [
            (AttributeType::String, json!("a"), json!(1)),
            (AttributeType::Boolean, json!(false), json!("false")),
            (AttributeType::Number, json!(1.5), json!("1.5")),
            (AttributeType::StringList, json!(["a", "b"]), json!("a")),
            (AttributeType::StringList, json!([]), json!(["a", 1])),
            (AttributeType::String, json!(null), json!({})),
        ] {
            assert_eq!(attribute(kind, &[]).check(&good), Ok(()), "{good}");
            assert!(
                attribute(kind, &[]).check(&bad).unwrap_err().starts_with("expected"),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_value_must_be_one_of_those_allowed() {
        let one = attribute(AttributeType::String, &["tier1", "tier2"]);
        assert_eq!(one.check(&json!("tier2")), Ok(()));
        assert_eq!(
            one.check(&json!("tier3")),
            Err("expected a string out of tier1, tier2".to_owned())
        );
        let many = attribute(AttributeType::StringList, &["tier1", "tier2"]);
        assert_eq!(many.check(&json!(["tier2", "tier1"])), Ok(()));
        assert!(many.check(&json!(["tier2", "tier3"])).is_err());
    }

    #[test]
    fn claims_with_a_meaning_of_their_own_are_reserved() {
        for name in [
            "sub",
            "iss",
            "email",
            "role",
            "tenant_id",
            "organization_ids",
            "org_role",
            "client_id",
            "scope",
        ] {
            assert!(is_name(name).unwrap_err().contains("meaning of its own"), "{name}");
        }
        for (name, ..) in SHIPPED {
            assert_eq!(is_name(name), Ok(()));
        }
        assert_eq!(is_name("https://example.com/hardware"), Ok(()));
        for name in ["", "1st", "a b", "ä", "_x"] {
            assert!(is_name(name).unwrap_err().contains("starts with a letter"), "{name:?}");
        }
    }

    #[test]
    fn a_scope_is_one_token() {
        assert_eq!(is_scope(None), Ok(()));
        assert_eq!(is_scope(Some("profile")), Ok(()));
        for scope in ["a b", "a\"", "a\\", "ä"] {
            assert!(is_scope(Some(scope)).is_err(), "{scope}");
        }
    }
}
