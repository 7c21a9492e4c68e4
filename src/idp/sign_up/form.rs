//! What the form of a new account asks beside the address, and how what was typed is read: nothing else is.

use serde_json::{Map, Value};

use super::{super::Idp, Taken, Wrong};
use crate::{
    config::{AskedAtSignUp, Attribute, AttributeType, Config, SignUpUsername},
    language::{Language, Words},
    protocol::{claims::StandardClaims, params::Params},
    secret::Secret,
};

/// The most characters of one value.
pub const LONGEST: usize = 256;
/// The most lines of a list.
const MOST_LINES: usize = 32;
/// With more values, a list is typed and not ticked: a form has only so many parameters.
const MOST_BOXES: usize = 24;

/// What somebody wants who makes an account.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The username, where it is chosen.
    pub username: Option<String>,
    /// The password.
    pub password: Secret<String>,
    /// Standard claims and attributes, of those that the form asks for.
    pub claims: Map<String, Value>,
    /// The terms that were agreed to.
    pub terms: Option<String>,
}

impl Wanted {
    /// The claims of the account: those that were told, and the language in which they were, so that letters come in it.
    pub(super) fn claims_in(&self, language: Language) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        claims.insert("locale".to_owned(), language.tag().into());
        claims
    }
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The claim that carries its value.
    pub claim: String,
    /// What people call it; the word for a standard claim is a message.
    pub title: Option<String>,
    /// How it is filled in.
    pub input: Input,
    /// Whether it must be.
    pub required: bool,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line of text.
    Line,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// One of a few values.
    Choice(Vec<String>),
    /// Any of a few values, each with a box of its own.
    Boxes(Vec<String>),
    /// Several values, one on each line.
    Lines,
}

impl Field {
    /// The name of its input.
    pub fn name(&self) -> String {
        match self.title {
            Some(_) => format!("attribute.{}", self.claim),
            None => format!("claim.{}", self.claim),
        }
    }

    /// The name of one of its boxes.
    pub fn box_name(&self, place: usize) -> String {
        format!("{}.{place}", self.name())
    }

    fn of_attribute(name: &str, attribute: &Attribute) -> Option<Self> {
        let required = match attribute.sign_up {
            AskedAtSignUp::No => return None,
            AskedAtSignUp::Optional => false,
            AskedAtSignUp::Required => true,
        };
        let values = attribute.values.clone();
        let input = match attribute.kind {
            AttributeType::Boolean => Input::YesNo,
            AttributeType::Number => Input::Number,
            AttributeType::String if values.is_empty() => Input::Line,
            AttributeType::String => Input::Choice(values),
            AttributeType::StringList if (1..=MOST_BOXES).contains(&values.len()) => Input::Boxes(values),
            AttributeType::StringList => Input::Lines,
        };
        Some(Self {
            claim: name.to_owned(),
            title: Some(attribute.title.clone()),
            input,
            required,
        })
    }

    /// What was typed; `None` for nothing.
    fn typed(&self, form: &Params) -> Result<Option<Value>, &'static str> {
        let text = form.get(&self.name()).map(str::trim).filter(|text| !text.is_empty());
        let short = |text: &str| {
            let fits = text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
            fits.then(|| Value::from(text)).ok_or("sign-up-wrong-long")
        };
        match &self.input {
            Input::Line | Input::Choice(_) => text.map(short).transpose(),
            Input::Number => text.map(|text| number(text).ok_or("sign-up-wrong-number")).transpose(),
            Input::YesNo => match text {
                None => Ok(None),
                Some("yes") => Ok(Some(true.into())),
                Some("no") => Ok(Some(false.into())),
                Some(_) => Err("sign-up-wrong-value"),
            },
            Input::Boxes(values) => {
                let ticked = |place: &usize| form.get(&self.box_name(*place)).is_some();
                let chosen = (0..values.len()).filter(ticked).filter_map(|place| values.get(place));
                let chosen: Vec<Value> = chosen.map(|value| value.as_str().into()).collect();
                Ok((!chosen.is_empty()).then(|| chosen.into()))
            }
            Input::Lines => {
                let Some(text) = text else { return Ok(None) };
                let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                if lines.len() > MOST_LINES {
                    return Err("sign-up-wrong-long");
                }
                let lines: Vec<Value> = lines.into_iter().map(short).collect::<Result<_, _>>()?;
                Ok(Some(lines.into()))
            }
        }
    }

    fn read(&self, form: &Params, attribute: Option<&Attribute>) -> Taken<Option<Value>> {
        let name = match self.input {
            Input::Boxes(_) => self.box_name(0),
            _ => self.name(),
        };
        let wrong = |id| Wrong::new(&name, Words::new(id));
        let Some(value) = self.typed(form).map_err(wrong)? else {
            return if self.required {
                Err(wrong("sign-up-wrong-empty"))
            } else {
                Ok(None)
            };
        };
        let fits = match attribute {
            Some(attribute) => attribute.check(&value).is_ok(),
            None => is_claim(&self.claim, &value),
        };
        if fits {
            return Ok(Some(value));
        }
        Err(wrong(match self.claim.as_str() {
            "birthdate" if attribute.is_none() => "sign-up-wrong-birthdate",
            "website" if attribute.is_none() => "sign-up-wrong-website",
            _ => "sign-up-wrong-value",
        }))
    }
}

fn number(text: &str) -> Option<Value> {
    match text.parse::<i64>() {
        Ok(number) => Some(number.into()),
        Err(_) => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::from),
    }
}

fn is_claim(claim: &str, value: &Value) -> bool {
    let alone = Value::Object(Map::from_iter([(claim.to_owned(), value.clone())]));
    serde_json::from_value::<StandardClaims>(alone).is_ok_and(|claims| claims.validate().is_ok())
}

/// The fields of the form, in its order.
fn fields(config: &Config) -> Vec<Field> {
    let sign_up = &config.sign_up;
    let claim = |required| {
        move |claim: &String| Field {
            claim: claim.clone(),
            title: None,
            input: Input::Line,
            required,
        }
    };
    let claims = sign_up
        .require
        .iter()
        .map(claim(true))
        .chain(sign_up.ask.iter().map(claim(false)));
    let mut claims: Vec<Field> = claims.collect();
    claims.sort_by_key(|field| crate::config::ASKABLE.iter().position(|known| *known == field.claim));
    let attributes = config
        .attributes
        .iter()
        .filter_map(|(name, attribute)| Field::of_attribute(name, attribute));
    claims.into_iter().chain(attributes).collect()
}

/// A username that somebody chooses. An address is none: the form tells which usernames are taken, and must not tell which addresses are.
pub(super) fn chosen_username(typed: &str) -> Taken<String> {
    let username = typed.trim();
    if username.is_empty() || username.contains('@') || username.chars().count() > 64 {
        return Err(Wrong::new("username", Words::new("sign-up-wrong-username")));
    }
    Ok(username.to_owned())
}

fn read(config: &Config, form: &Params) -> Taken<Wanted> {
    let username = match config.sign_up.username {
        SignUpUsername::Email => None,
        SignUpUsername::Chosen => Some(chosen_username(form.get("username").unwrap_or_default())?),
    };
    let mut claims = Map::new();
    for field in fields(config) {
        let attribute = field.title.as_ref().and_then(|_| config.attributes.get(&field.claim));
        if let Some(value) = field.read(form, attribute)? {
            claims.insert(field.claim, value);
        }
    }
    let terms = config.sign_up.terms.clone();
    if terms.is_some() && form.get("terms").is_none() {
        return Err(Wrong::new("terms", Words::new("sign-up-wrong-terms")));
    }
    let Some(password) = form.get("password") else {
        return Err(Wrong::new("password", Words::new("refusal-password-missing")));
    };
    Ok(Wanted {
        username,
        password: Secret::new(password.to_owned()),
        claims,
        terms,
    })
}

impl Idp {
    /// What the form asks beside address, username and password.
    pub fn sign_up_fields(&self) -> Vec<Field> {
        fields(&self.config)
    }

    /// Reads a form: what it asks for, and nothing else.
    pub fn read_sign_up(&self, form: &Params) -> Taken<Wanted> {
        read(&self.config, form)
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
