//! The inputs of the form of a new account, as the page draws them.

use super::{Page, shown};
use crate::{
    idp::sign_up::{Field, Input},
    protocol::params::Params,
};

/// One field, filled as it was.
pub struct FieldView {
    /// The `id` of its first input.
    pub id: String,
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub kind: Kind,
    pub required: bool,
}

/// How a field is drawn.
pub enum Kind {
    /// One line.
    Line {
        value: String,
        input_type: &'static str,
        autocomplete: &'static str,
    },
    /// A choice of values.
    Select(Vec<Choice>),
    /// A box for each value; the `value` of a choice is the name of its box.
    Boxes(Vec<Choice>),
    /// Several lines.
    Lines(String),
}

/// One of several values.
pub struct Choice {
    pub id: String,
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl FieldView {
    pub fn of(field: &Field, page: &Page, form: &Params) -> Self {
        let name = field.name();
        let id = |name: &str| -> String {
            let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
            name.chars().map(plain).collect()
        };
        let is_birthdate = field.title.is_none() && field.claim == "birthdate";
        let hint = match field.input {
            Input::Lines => Some(page.text("sign-up-lines-hint")),
            Input::Line if is_birthdate => Some(page.text("sign-up-birthdate-hint")),
            _ => None,
        };
        Self {
            id: match field.input {
                Input::Boxes(_) => id(&field.box_name(0)),
                _ => id(&name),
            },
            label: field.title.clone().unwrap_or_else(|| page.text(label_of(&field.claim))),
            hint,
            kind: Kind::of(field, page, form, &id),
            required: field.required,
            name,
        }
    }

    /// Whether an error about this input belongs here.
    pub fn is_at(&self, wrong: &str) -> bool {
        wrong == self.name
            || matches!(self.kind, Kind::Boxes(_)) && wrong.strip_suffix(".0").is_some_and(|name| name == self.name)
    }
}

impl Kind {
    fn of(field: &Field, page: &Page, form: &Params, id: &impl Fn(&str) -> String) -> Self {
        let name = field.name();
        let value = shown(form, &name);
        let option = |text: &str, label: String| Choice {
            id: String::new(),
            value: text.to_owned(),
            label,
            is_chosen: value == text,
        };
        match &field.input {
            Input::Line => {
                let (input_type, autocomplete) = kind_of_line(field);
                Self::Line {
                    value,
                    input_type,
                    autocomplete,
                }
            }
            Input::Number => Self::Line {
                value,
                input_type: "number",
                autocomplete: "off",
            },
            Input::YesNo => Self::Select(vec![
                option("yes", page.text("sign-up-yes")),
                option("no", page.text("sign-up-no")),
            ]),
            Input::Choice(values) => Self::Select(values.iter().map(|text| option(text, text.clone())).collect()),
            Input::Boxes(values) => {
                let boxes = values.iter().enumerate().map(|(place, text)| {
                    let name = field.box_name(place);
                    Choice {
                        id: id(&name),
                        label: text.clone(),
                        is_chosen: form.get(&name).is_some(),
                        value: name,
                    }
                });
                Self::Boxes(boxes.collect())
            }
            Input::Lines => Self::Lines(form.get(&name).unwrap_or_default().chars().take(8192).collect()),
        }
    }
}

/// The message that names a standard claim.
fn label_of(claim: &str) -> &'static str {
    match claim {
        "given_name" => "sign-up-given-name",
        "middle_name" => "sign-up-middle-name",
        "family_name" => "sign-up-family-name",
        "nickname" => "sign-up-nickname",
        "birthdate" => "sign-up-birthdate",
        "phone_number" => "sign-up-phone-number",
        "website" => "sign-up-website",
        _ => "sign-up-name",
    }
}

/// The type of an input, and what browsers fill it in with (HTML, 4.10.18.7).
fn kind_of_line(field: &Field) -> (&'static str, &'static str) {
    if field.title.is_some() {
        return ("text", "off");
    }
    match field.claim.as_str() {
        "given_name" => ("text", "given-name"),
        "middle_name" => ("text", "additional-name"),
        "family_name" => ("text", "family-name"),
        "name" => ("text", "name"),
        "nickname" => ("text", "nickname"),
        "birthdate" => ("text", "bday"),
        "phone_number" => ("tel", "tel"),
        "website" => ("url", "url"),
        _ => ("text", "off"),
    }
}
