//! The registered claims of a JWT that somebody else made (RFC 7519, 4.1): when it is good, and for whom.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Timestamp;

/// How far another machine's clock may run ahead of ours.
pub const LEEWAY: Duration = Duration::from_mins(1);

/// A NumericDate (RFC 7519, 2), a fraction of a second cut off.
///
/// # Errors
/// The claim is there and is no such number.
pub fn numeric_date(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, &'static str> {
    /// The year 9999: later moments are mistakes, milliseconds most often.
    const LAST: f64 = 253_402_300_800.0;
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match value.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range is checked, the fraction is not wanted"
        )]
        Some(seconds) if (0.0..LAST).contains(&seconds) => Ok(Some(Timestamp::from_unix(seconds as i64))),
        _ => Err("a time is no number of seconds"),
    }
}

/// Refuses a JWT that is expired, not good yet, or made in the future; gives `exp`. Absent claims are no fault.
///
/// # Errors
/// Which rule is broken, for the log.
pub fn is_current(claims: &Map<String, Value>, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    let exp = numeric_date(claims, "exp")?;
    if exp.is_some_and(|exp| exp <= now) {
        return Err("exp has passed");
    }
    if numeric_date(claims, "nbf")?.is_some_and(|nbf| nbf > now + LEEWAY) {
        return Err("nbf has not come");
    }
    if numeric_date(claims, "iat")?.is_some_and(|iat| iat > now + LEEWAY) {
        return Err("iat is in the future");
    }
    Ok(exp)
}

/// Whether `aud`, a string or an array of them, names one of these; `None` when there is no `aud`.
pub fn is_for(claims: &Map<String, Value>, audiences: &[&str]) -> Option<bool> {
    let one = |value: &Value| value.as_str().is_some_and(|aud| audiences.contains(&aud));
    Some(match claims.get("aud")? {
        Value::Array(all) => all.iter().all(Value::is_string) && all.iter().any(one),
        aud => one(aud),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_000_000);

    fn claims(json: Value) -> Map<String, Value> {
        match json {
            Value::Object(claims) => claims,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_jwt_is_good_between_nbf_and_exp() {
        for (json, good) in [
            (json!({}), true),
            (json!({"exp": 1_000_001}), true),
            (json!({"exp": 1_000_001.9}), true),
            (json!({"exp": 1_000_000}), false),
            (json!({"exp": 1_000_000.9}), false),
            (json!({"exp": 0}), false),
            (json!({"exp": -1}), false),
            (json!({"exp": "1000001"}), false),
            (json!({"exp": null}), false),
            (json!({"exp": 1e300}), false),
            (json!({"exp": 1_000_001_000_000_u64}), false),
            (json!({"exp": u64::MAX}), false),
            (json!({"nbf": 1_000_008}), true),
            (json!({"nbf": 1_000_061}), false),
            (json!({"nbf": [1]}), false),
            (json!({"iat": 1_000_008}), true),
            (json!({"iat": 1_000_061}), false),
            (json!({"iat": true}), false),
            (json!({"iat": 1, "nbf": 1}), true),
        ] {
            assert_eq!(is_current(&claims(json.clone()), NOW).is_ok(), good, "{json}");
        }
        let exp = is_current(&claims(json!({"exp": 1_000_001})), NOW);
        assert_eq!(exp, Ok(Some(Timestamp::from_unix(1_000_001))));
    }

    #[test]
    fn an_audience_is_compared_as_a_whole() {
        for (json, expected) in [
            (json!({}), None),
            (json!({"aud": "https://id.example"}), Some(true)),
            (json!({"aud": ["x", "https://id.example"]}), Some(true)),
            (json!({"aud": "https://id.example/"}), Some(false)),
            (json!({"aud": "https://id.example.evil"}), Some(false)),
            (json!({"aud": []}), Some(false)),
            (json!({"aud": ["https://id.example", 1]}), Some(false)),
            (json!({"aud": null}), Some(false)),
            (json!({"aud": {"https://id.example": 1}}), Some(false)),
        ] {
            assert_eq!(
                is_for(&claims(json.clone()), &["https://id.example"]),
                expected,
                "{json}"
            );
        }
    }
}
