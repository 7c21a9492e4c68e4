//! The fields of a profile: how each is shown, read and checked. Pure.

use serde_json::Value;

use super::Entries;
use crate::{
    config::{Attribute, AttributeType, Attributes},
    language::Language,
    model::user::User,
    protocol::{
        Timestamp,
        claims::{Address, StandardClaims},
    },
};

/// IANA's time zones, one per line: those that are named for a place where people live.
const ZONES: &str = include_str!("../zones.txt");
/// The longest text but for URLs, in characters.
const LONGEST: usize = 128;
/// The longest URL, in bytes.
const LONGEST_URL: usize = 2048;
/// The longest street: it may have several lines.
const LONGEST_STREET: usize = 512;
/// What an attribute's field is called before its own name; no claim is called so.
const ATTRIBUTE: &str = "attribute.";

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The claim, a member of the address as `address.MEMBER`, or an attribute as `attribute.NAME`.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// What the operator calls it; claims have names of their own in every language.
    pub title: Option<String>,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    Lines,
    /// A URL; a picture's must be https, since it stands on others' pages.
    Url,
    /// `YYYY-MM-DD` or `YYYY`.
    Birthdate,
    /// One of the time zones.
    Zone(Vec<&'static str>),
    /// One of our languages.
    Language(Vec<&'static str>),
    /// A telephone number.
    Phone,
    /// A number.
    Number,
    /// `true`, `false`, or nothing.
    Flag,
    /// One of these, or nothing.
    Choice(Vec<String>),
    /// Any of these, one per line.
    Choices(Vec<String>),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It has more characters than this.
    TooLong(usize),
    /// It has characters that cannot be typed.
    Characters,
    /// It is no URL of a page.
    Url,
    /// It is no https URL.
    Https,
    /// It is no date, or one to come.
    Birthdate,
    /// It is no telephone number.
    Phone,
    /// It is no number.
    Number,
    /// It is not among what can be chosen.
    Choice,
}

/// A claim, and what its field takes.
type ClaimField = (&'static str, fn() -> FieldKind);

/// The claims with a field, in the order of the form.
const CLAIMS: [ClaimField; 12] = [
    ("name", || FieldKind::Text),
    ("given_name", || FieldKind::Text),
    ("middle_name", || FieldKind::Text),
    ("family_name", || FieldKind::Text),
    ("nickname", || FieldKind::Text),
    ("picture", || FieldKind::Url),
    ("website", || FieldKind::Url),
    ("gender", || FieldKind::Text),
    ("birthdate", || FieldKind::Birthdate),
    ("zoneinfo", || FieldKind::Zone(ZONES.lines().collect())),
    ("locale", || {
        FieldKind::Language(Language::ALL.map(Language::tag).to_vec())
    }),
    ("phone_number", || FieldKind::Phone),
];

/// The members of the address with a field.
const ADDRESS: [(&str, FieldKind); 5] = [
    ("address.street_address", FieldKind::Lines),
    ("address.postal_code", FieldKind::Text),
    ("address.locality", FieldKind::Text),
    ("address.region", FieldKind::Text),
    ("address.country", FieldKind::Text),
];

/// Every field, in the order of the form.
pub fn list(attributes: &Attributes) -> Vec<Field> {
    let claims = CLAIMS.iter().map(|(name, kind)| ((*name).to_owned(), kind(), None));
    let address = ADDRESS.map(|(name, kind)| (name.to_owned(), kind, None));
    let open = editable(attributes).map(|(name, attribute)| {
        let title = Some(attribute.title.clone());
        (format!("{ATTRIBUTE}{name}"), kind_of(attribute), title)
    });
    claims
        .chain(address)
        .chain(open)
        .map(|(name, kind, title)| Field { name, kind, title })
        .collect()
}

fn editable(attributes: &Attributes) -> impl Iterator<Item = (&String, &Attribute)> {
    attributes.iter().filter(|(_, attribute)| attribute.editable)
}

fn kind_of(attribute: &Attribute) -> FieldKind {
    let values = &attribute.values;
    match attribute.kind {
        AttributeType::String if values.is_empty() => FieldKind::Text,
        AttributeType::String => FieldKind::Choice(values.clone()),
        AttributeType::Boolean => FieldKind::Flag,
        AttributeType::Number => FieldKind::Number,
        AttributeType::StringList if values.is_empty() => FieldKind::Lines,
        AttributeType::StringList => FieldKind::Choices(values.clone()),
    }
}

/// What stands in each field.
pub fn shown(user: &User, attributes: &Attributes) -> Entries {
    let claims = &user.claims;
    let mut entries = Entries::new();
    for (name, _) in CLAIMS {
        entries.insert(
            name.to_owned(),
            slot(&mut claims.clone(), name).take().unwrap_or_default(),
        );
    }
    let address = claims.address.clone().unwrap_or_default();
    // An address that came as one text is shown as one; nothing of it is lost when somebody looks at it.
    let street = address.street_address.or_else(|| {
        let has_parts = [
            &address.locality,
            &address.region,
            &address.postal_code,
            &address.country,
        ];
        address
            .formatted
            .filter(|_| has_parts.iter().all(|part| part.is_none()))
    });
    for (name, value) in [
        ("address.street_address", street),
        ("address.postal_code", address.postal_code),
        ("address.locality", address.locality),
        ("address.region", address.region),
        ("address.country", address.country),
    ] {
        entries.insert(name.to_owned(), value.unwrap_or_default());
    }
    for (name, _) in editable(attributes) {
        let text = match user.attributes.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                items.join("\n")
            }
            Some(other) => other.to_string(),
        };
        entries.insert(format!("{ATTRIBUTE}{name}"), text);
    }
    entries
}

/// The user with what was typed, or what is wrong with it. A field that was not sent, or that was sent as it is, stays: what an
/// operator has written by other rules is not lost to ours.
pub fn apply(
    user: &User,
    typed: &Entries,
    attributes: &Attributes,
    now: Timestamp,
) -> Result<User, Vec<(String, Wrong)>> {
    let before = shown(user, attributes);
    let mut after = user.clone();
    let mut wrong = Vec::new();
    let mut moves = false;
    for field in list(attributes) {
        let Some(text) = typed.get(&field.name).map(|text| plain(text)) else {
            continue;
        };
        if before.get(&field.name) == Some(&text) {
            continue;
        }
        if let Err(why) = check(&field, &text, now) {
            wrong.push((field.name, why));
            continue;
        }
        moves |= field.name.starts_with("address.");
        put(&mut after, &field, text);
    }
    if moves {
        let given = |name: &str| {
            typed
                .get(name)
                .map(|text| plain(text))
                .or_else(|| before.get(name).cloned())
        };
        after.claims.address = address_of(|name| given(name).filter(|text| !text.is_empty()));
    }
    // A number that nobody has shown to be theirs.
    after.claims.phone_number_verified &= after.claims.phone_number == user.claims.phone_number;
    if wrong.is_empty() { Ok(after) } else { Err(wrong) }
}

/// As browsers send it, less what nobody means: spaces at the ends, and the line ends of a form.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

fn put(user: &mut User, field: &Field, text: String) {
    if let Some(name) = field.name.strip_prefix(ATTRIBUTE) {
        match attribute_value(&field.kind, text) {
            Some(value) => user.attributes.insert(name.to_owned(), value),
            None => user.attributes.remove(name),
        };
    } else if !field.name.starts_with("address.") {
        *slot(&mut user.claims, &field.name) = Some(text).filter(|text| !text.is_empty());
    }
}

fn attribute_value(kind: &FieldKind, text: String) -> Option<Value> {
    match kind {
        _ if text.is_empty() => None,
        FieldKind::Flag => Some((text == "true").into()),
        // Whole numbers stay whole.
        FieldKind::Number => serde_json::from_str(&text).ok(),
        FieldKind::Lines | FieldKind::Choices(_) => {
            let items = text.lines().filter(|line| !line.is_empty());
            Some(items.map(Value::from).collect())
        }
        _ => Some(text.into()),
    }
}

/// Where a claim is kept.
fn slot<'a>(claims: &'a mut StandardClaims, name: &str) -> &'a mut Option<String> {
    match name {
        "given_name" => &mut claims.given_name,
        "middle_name" => &mut claims.middle_name,
        "family_name" => &mut claims.family_name,
        "nickname" => &mut claims.nickname,
        "picture" => &mut claims.picture,
        "website" => &mut claims.website,
        "gender" => &mut claims.gender,
        "birthdate" => &mut claims.birthdate,
        "zoneinfo" => &mut claims.zoneinfo,
        "locale" => &mut claims.locale,
        "phone_number" => &mut claims.phone_number,
        _ => &mut claims.name,
    }
}

/// The address of its members, and the whole of it as it is written on a letter (OpenID Connect Core, 5.1.1).
fn address_of(given: impl Fn(&str) -> Option<String>) -> Option<Address> {
    let member = |name: &str| given(&format!("address.{name}"));
    let mut address = Address {
        formatted: None,
        street_address: member("street_address"),
        postal_code: member("postal_code"),
        locality: member("locality"),
        region: member("region"),
        country: member("country"),
    };
    let town: Vec<String> = [&address.postal_code, &address.locality]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let lines: Vec<String> = [
        address.street_address.clone(),
        Some(town.join(" ")).filter(|town| !town.is_empty()),
        address.region.clone(),
        address.country.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if lines.is_empty() {
        return None;
    }
    address.formatted = Some(lines.join("\n"));
    Some(address)
}

fn check(field: &Field, text: &str, now: Timestamp) -> Result<(), Wrong> {
    if text.is_empty() {
        return Ok(());
    }
    let has_lines = matches!(field.kind, FieldKind::Lines | FieldKind::Choices(_));
    if text.chars().any(|c| c.is_control() && !(c == '\n' && has_lines)) {
        return Err(Wrong::Characters);
    }
    let most = match field.kind {
        FieldKind::Url => LONGEST_URL,
        FieldKind::Lines | FieldKind::Choices(_) => LONGEST_STREET,
        _ => LONGEST,
    };
    if text.chars().count() > most || text.len() > 4 * most {
        return Err(Wrong::TooLong(most));
    }
    let one_of = |fits: bool| if fits { Ok(()) } else { Err(Wrong::Choice) };
    match &field.kind {
        FieldKind::Text | FieldKind::Lines => Ok(()),
        FieldKind::Url => check_url(text, field.name == "picture"),
        FieldKind::Birthdate => is_past_birthdate(text, now).then_some(()).ok_or(Wrong::Birthdate),
        FieldKind::Zone(zones) => one_of(zones.contains(&text)),
        FieldKind::Language(languages) => one_of(languages.contains(&text)),
        FieldKind::Phone => is_phone_number(text).then_some(()).ok_or(Wrong::Phone),
        FieldKind::Number => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(_) => Ok(()),
            Err(_) => Err(Wrong::Number),
        },
        FieldKind::Flag => one_of(["true", "false"].contains(&text)),
        FieldKind::Choice(values) => one_of(values.iter().any(|value| value == text)),
        FieldKind::Choices(values) => one_of(text.lines().all(|line| values.iter().any(|value| value == line))),
    }
}

fn check_url(text: &str, is_picture: bool) -> Result<(), Wrong> {
    let url = url::Url::parse(text).map_err(|_| if is_picture { Wrong::Https } else { Wrong::Url })?;
    // A name or a password in it would be told to every application.
    let is_plain = url.has_host() && url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" if is_plain => Ok(()),
        "http" if is_plain && !is_picture => Ok(()),
        _ if is_picture => Err(Wrong::Https),
        _ => Err(Wrong::Url),
    }
}

/// A date as OpenID Connect Core, 5.1 has it, that is not to come.
fn is_past_birthdate(text: &str, now: Timestamp) -> bool {
    let claims = StandardClaims {
        birthdate: Some(text.to_owned()),
        ..StandardClaims::default()
    };
    let today = time::OffsetDateTime::from_unix_timestamp(now.unix()).map(time::OffsetDateTime::date);
    let Ok(today) = today else { return false };
    // A day more: somewhere it is tomorrow already.
    let latest = today.next_day().unwrap_or(today);
    let latest = format!(
        "{:04}-{:02}-{:02}",
        latest.year(),
        u8::from(latest.month()),
        latest.day()
    );
    claims.validate().is_ok() && text <= latest.as_str()
}

/// With the country's code, as E.164 has it; signs that make it easier to read may stand between the digits.
fn is_phone_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+');
    let is_plain = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || " -().".contains(c));
    rest.is_some_and(is_plain) && (5..=15).contains(&digits)
}

/// Every attribute that is not open, for those who compare.
#[cfg(test)]
pub fn closed(user: &User, attributes: &Attributes) -> serde_json::Map<String, Value> {
    let mut rest = user.attributes.clone();
    rest.retain(|name, _| !attributes.get(name).is_some_and(|attribute| attribute.editable));
    rest
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
