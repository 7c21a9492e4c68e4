//! What comes from files, standard input and the terminal.

use std::{
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
};

use serde_json::{Map, Value};

use super::failure::Failure;
use crate::secret::Secret;

/// Far more than any password or file a command reads.
const MAX_INPUT: u64 = 1 << 20;

/// Where the operator types.
pub struct Console<'a> {
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Whether somebody sits at standard input.
    pub terminal: bool,
    /// Prompts and reads a line without echo.
    pub ask: &'a mut dyn FnMut(&str) -> io::Result<String>,
}

impl Console<'_> {
    /// The first line of standard input without its line ending; every other character counts.
    pub fn secret_line(&mut self, what: &str) -> Result<Secret<String>, Failure> {
        let mut line = Vec::new();
        let read = (&mut *self.input).take(MAX_INPUT).read_until(b'\n', &mut line);
        read.map_err(|error| Failure::Input(format!("the {what} cannot be read from standard input: {error}")))?;
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        match String::from_utf8(line) {
            Ok(line) if line.is_empty() => Err(Failure::Input(format!("the {what} on standard input is empty"))),
            Ok(line) => Ok(Secret::new(line)),
            Err(_) => Err(Failure::Input(format!("the {what} on standard input is not UTF-8"))),
        }
    }

    /// Asks twice without echo; an empty answer is `None`.
    pub fn new_password(&mut self, prompt: &str) -> Result<Option<Secret<String>>, Failure> {
        let mut ask = |prompt: &str| {
            (self.ask)(prompt).map_err(|error| Failure::Input(format!("the password cannot be read: {error}")))
        };
        let password = ask(prompt)?;
        if password.is_empty() {
            return Ok(None);
        }
        if ask("Once more: ")? != password {
            return Err(Failure::Input("the two passwords differ".to_owned()));
        }
        Ok(Some(Secret::new(password)))
    }
}

/// The text of a file that is at most 1 MiB of UTF-8.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_INPUT + 1).read_to_string(&mut text));
    match read {
        Err(error) => Err(Failure::Input(format!("{} cannot be read: {error}", path.display()))),
        Ok(bytes) if bytes as u64 > MAX_INPUT => Err(Failure::Input(format!(
            "{} is longer than {MAX_INPUT} bytes",
            path.display()
        ))),
        Ok(_) => Ok(text),
    }
}

/// The JSON object in a file.
pub fn read_object(path: &Path) -> Result<Map<String, Value>, Failure> {
    let text = read_text(path)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::Input(format!("{}: expected a JSON object", path.display()))),
        Err(error) => Err(Failure::Input(format!("{}: not JSON: {error}", path.display()))),
    }
}

/// Reads `NAME=VALUE`, where VALUE is JSON when it reads as such, else text; nothing at all is null, which removes.
pub fn parse_member(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), json_or_text(value))),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn json_or_text(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use serde_json::json;

    use super::*;

    fn line(mut input: &[u8]) -> Result<String, String> {
        let mut console = Console {
            input: &mut input,
            terminal: false,
            ask: &mut |_| Err(io::Error::other("asked")),
        };
        console
            .secret_line("password")
            .map(|secret| secret.expose().clone())
            .map_err(|it| it.to_string())
    }

    fn typed(answers: &[&str]) -> Result<Option<String>, String> {
        let mut answers: VecDeque<String> = answers.iter().map(|&it| it.to_owned()).collect();
        let mut ask = |_: &str| answers.pop_front().ok_or_else(|| io::Error::other("gone"));
        let mut console = Console {
            input: &mut io::empty(),
            terminal: true,
            ask: &mut ask,
        };
        let password = console.new_password("Password: ");
        password
            .map(|it| it.map(|it| it.expose().clone()))
            .map_err(|it| it.to_string())
    }

    #[test]
    fn a_line_loses_one_line_ending_and_nothing_else() {
        for (input, expected) in [
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("secret", "secret"),
            (" spaces \t\n", " spaces \t"),
            ("return\r\r\n", "return\r"),
            ("bare return\r", "bare return\r"),
            ("first\nsecond\n", "first"),
            ("ünïcode\n", "ünïcode"),
        ] {
            assert_eq!(line(input.as_bytes()).as_deref(), Ok(expected), "{input:?}");
        }
    }

    #[test]
    fn an_empty_or_unreadable_line_is_refused() {
        for input in ["", "\n", "\r\n", "\nsecond\n"] {
            assert_eq!(
                line(input.as_bytes()),
                Err("the password on standard input is empty".to_owned()),
                "{input:?}"
            );
        }
        assert_eq!(
            line(b"\xff\xfe\n"),
            Err("the password on standard input is not UTF-8".to_owned())
        );
    }

    #[test]
    fn a_password_is_typed_twice_alike() {
        assert_eq!(typed(&["one", "one"]), Ok(Some("one".to_owned())));
        assert_eq!(typed(&[""]), Ok(None));
        assert_eq!(typed(&["one", "two"]), Err("the two passwords differ".to_owned()));
        assert!(typed(&["one"]).unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn a_member_is_json_text_or_nothing() {
        for (text, name, value) in [
            ("tier=gold", "tier", json!("gold")),
            ("age=42", "age", json!(42)),
            ("ok=true", "ok", json!(true)),
            ("zip=\"1010\"", "zip", json!("1010")),
            ("gone=", "gone", json!(null)),
            ("gone=null", "gone", json!(null)),
            ("formula=a=b", "formula", json!("a=b")),
            ("address={\"country\":\"AT\"}", "address", json!({ "country": "AT" })),
            ("broken={", "broken", json!("{")),
        ] {
            assert_eq!(parse_member(text), Ok((name.to_owned(), value)), "{text}");
        }
        assert!(parse_member("tier").is_err() && parse_member("=gold").is_err() && parse_member("").is_err());
    }

    #[test]
    fn a_file_is_a_json_object_or_named_in_the_refusal() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("claims.json");
        let read = |text: &[u8]| {
            std::fs::write(&path, text).unwrap();
            read_object(&path).map_err(|it| it.to_string())
        };
        assert_eq!(read(br#"{"given_name":"Alice"}"#).unwrap()["given_name"], "Alice");
        for text in [&b"[]"[..], b"", b"{", b"\xff", b"{} {}"] {
            assert!(read(text).unwrap_err().contains("claims.json"), "{text:?}");
        }
        let long = vec![b' '; usize::try_from(MAX_INPUT).unwrap() + 1];
        assert!(read(&long).unwrap_err().contains("longer than"));
        assert!(
            read_text(&dir.path().join("absent"))
                .unwrap_err()
                .to_string()
                .contains("absent")
        );
    }
}
