//! Answers for people: aligned tables for lists, `name: value` for one thing, moments in RFC 3339.

use std::fmt::Write;

use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// One line for each member of an object, values aligned. The members of `order` come first, the others as they are; members of
/// an object inside have its name and a dot in front.
pub fn members(object: &Value, order: &[&str]) -> String {
    let mut lines = Vec::new();
    let empty = Map::new();
    let object = object.as_object().unwrap_or(&empty);
    let named = order.iter().filter_map(|&name| object.get_key_value(name));
    let others = object.iter().filter(|(name, _)| !order.contains(&name.as_str()));
    for (name, value) in named.chain(others) {
        match value {
            Value::Object(inner) => {
                lines.extend(
                    inner
                        .iter()
                        .map(|(inner, value)| (format!("{name}.{inner}"), cell(inner, value))),
                );
            }
            value => lines.push((name.clone(), cell(name, value))),
        }
    }
    aligned(&lines)
}

fn aligned(lines: &[(String, String)]) -> String {
    let width = lines.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + 1;
    let mut text = String::new();
    for (name, value) in lines {
        let _ = writeln!(text, "{:width$} {value}", clean(name) + ":");
    }
    text
}

/// A table of objects: a head and one line for each. A column is the name of a member, its head that name in capitals
/// without `_at`.
pub fn table(rows: &Value, columns: &[&str]) -> String {
    let head = columns
        .iter()
        .map(|name| name.trim_end_matches("_at").to_uppercase().replace('_', " "))
        .collect();
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let cells = rows
        .iter()
        .map(|row| columns.iter().map(|name| cell(name, &row[*name])).collect());
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(cells).collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| lines.iter().map(|line| width(&line[at])).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// One value on one line. Null and what is empty read `-`; a number under a name that ends with `_at` is a moment.
pub fn cell(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => clean(text),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) if name.ends_with("_at") => number.as_i64().map_or_else(|| number.to_string(), moment),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(|item| cell(name, item)).collect::<Vec<_>>().join(", "),
        Value::Object(inner) => inner
            .iter()
            .map(|(name, value)| cell(name, value))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Unix seconds in RFC 3339, UTC; the number itself when the calendar ends before it.
pub fn moment(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| unix.to_string())
}

/// A stranger may have chosen the text: what would steer the terminal is shown as its escape.
fn clean(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .flat_map(|c| {
            if steers(c) {
                c.escape_unicode().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_aligned_and_has_no_trailing_blanks() {
        let rows = json!([
            { "username": "alice", "email": "alice@example.com", "created_at": 0, "disabled": false },
            { "username": "Jürgen", "email": null, "created_at": 1_767_225_600, "disabled": true },
        ]);
        let expected = "\
USERNAME  EMAIL              DISABLED  CREATED
alice     alice@example.com  no        1970-01-01T00:00:00Z
Jürgen    -                  yes       2026-01-01T00:00:00Z
";
        assert_eq!(table(&rows, &["username", "email", "disabled", "created_at"]), expected);
        assert_eq!(table(&json!([]), &["id", "name"]), "ID  NAME\n");
        assert_eq!(
            table(&json!([{ "id": "a" }]), &["id", "retired_at"]),
            "ID  RETIRED\na   -\n"
        );
    }

    #[test]
    fn members_come_in_the_order_asked_for_then_as_they_are() {
        let user = json!({
            "username": "alice", "id": "u1",
            "claims": { "given_name": "Alice", "address": { "country": "AT", "locality": "Wien" } },
            "memberships": [{ "organization_id": "acme", "role": "owner" }, { "organization_id": "b", "role": "member" }],
            "attributes": {}, "role": "admin", "updated_at": 0,
        });
        let expected = "\
id:                u1
username:          alice
claims.given_name: Alice
claims.address:    AT Wien
memberships:       acme owner, b member
role:              admin
updated_at:        1970-01-01T00:00:00Z
";
        assert_eq!(members(&user, &["id", "username", "absent"]), expected);
        assert_eq!(members(&json!({}), &["id"]), "");
        assert_eq!(members(&json!(null), &["id"]), "");
    }

    #[test]
    fn text_of_strangers_cannot_steer_the_terminal() {
        let shown = cell("name", &json!("a\u{1b}[2Jb\nc\u{202e}d\u{9b}"));
        assert_eq!(shown, "a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{9b}");
        assert_eq!(cell("name", &json!("Zoë 愛")), "Zoë 愛");
        assert!(!members(&json!({ "claims": { "\u{1b}": 1 } }), &[]).contains('\u{1b}'));
    }

    #[test]
    fn a_moment_beyond_the_calendar_stays_a_number() {
        assert_eq!(moment(1_800_000_000), "2027-01-15T08:00:00Z");
        assert_eq!(moment(i64::MAX), i64::MAX.to_string());
        assert_eq!(cell("lifetime", &json!(300)), "300");
        assert_eq!(cell("created_at", &json!(1.5)), "1.5");
    }
}
