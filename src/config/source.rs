//! Where values come from: a TOML file and the environment, laid over each other in one tree that remembers each origin.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::error::{ConfigError, Origin};

/// What every environment variable of the configuration starts with.
const PREFIX: &str = "AVOUCH__";

/// The text a configuration is made of, read but not yet understood.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The TOML file: its path as the operator named it, and its text.
    pub file: Option<(PathBuf, String)>,
    /// Environment variables, by name and value; those that do not start with `AVOUCH__` are ignored.
    pub env: Vec<(String, String)>,
}

impl Source {
    /// Reads `path`, or `avouch.toml` in the working directory when there is one, and the environment.
    /// What could not be read stands in the second value.
    pub(super) fn read(path: Option<&Path>) -> (Self, Vec<ConfigError>) {
        let mut errors = Vec::new();
        let file = match fs::read_to_string(path.unwrap_or(Path::new("avouch.toml"))) {
            Ok(text) => Some((path.unwrap_or(Path::new("avouch.toml")).to_owned(), text)),
            Err(error) if path.is_none() && error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let name = path.unwrap_or(Path::new("avouch.toml")).display().to_string();
                let message = format!("the file cannot be read: {error}");
                errors.push(ConfigError {
                    key: String::new(),
                    origin: Origin::File { name, line: 0 },
                    message,
                });
                None
            }
        };
        let mut env = Vec::new();
        for (name, value) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            match value.into_string() {
                Ok(value) => env.push((name, value)),
                Err(_) if name.starts_with(PREFIX) => {
                    let message = "expected text in UTF-8".to_owned();
                    errors.push(ConfigError {
                        key: String::new(),
                        origin: Origin::Environment(name),
                        message,
                    });
                }
                Err(_) => {}
            }
        }
        (Self { file, env }, errors)
    }
}

/// A table of the merged tree.
pub(super) type Table = BTreeMap<String, Node>;

/// A value of the merged tree and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub origin: Origin,
    pub value: Value,
}

impl Node {
    fn table(origin: Origin) -> Self {
        Self {
            origin,
            value: Value::Table(Table::new()),
        }
    }
}

/// A value as it was written. The environment knows only text, so each option says what its text means.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Value>),
    Table(Table),
    /// Text of an environment variable: a string, a number, a boolean or a comma-separated list.
    Variable(String),
    /// A kind of TOML value that no option takes, by its name.
    Foreign(&'static str),
}

impl Value {
    fn from_toml(value: &DeValue<'_>, origin: &impl Fn(usize) -> Origin) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Self::Foreign("a number that is too large"), Self::Integer),
            DeValue::Boolean(truth) => Self::Boolean(*truth),
            DeValue::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| Self::from_toml(item.get_ref(), origin))
                    .collect(),
            ),
            DeValue::Table(table) => Self::Table(table_from_toml(table, origin)),
            DeValue::Float(_) => Self::Foreign("a fraction"),
            DeValue::Datetime(_) => Self::Foreign("a date"),
        }
    }

    /// The value as a person would point at it in an error.
    pub fn found(&self) -> String {
        match self {
            Self::Text(text) | Self::Variable(text) => format!("{text:?}"),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a table".to_owned(),
            Self::Foreign(name) => (*name).to_owned(),
        }
    }
}

fn table_from_toml(table: &DeTable<'_>, origin: &impl Fn(usize) -> Origin) -> Table {
    let node = |key: &Spanned<_>, value: &Spanned<DeValue<'_>>| Node {
        origin: origin(key.span().start),
        value: Value::from_toml(value.get_ref(), origin),
    };
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), node(key, value)))
        .collect()
}

/// Lays the environment over the file. Syntax errors are reported, and what can be understood in spite of them is kept.
pub(super) fn merge(source: &Source, errors: &mut Vec<ConfigError>) -> Table {
    let mut root = match &source.file {
        Some((path, text)) => from_file(&path.display().to_string(), text, errors),
        None => Table::new(),
    };
    let mut variables: Vec<_> = source.env.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    variables.sort();
    for (name, value) in variables {
        insert(&mut root, name, value, errors);
    }
    root
}

fn from_file(name: &str, text: &str, errors: &mut Vec<ConfigError>) -> Table {
    let origin = |at: usize| {
        let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
        Origin::File {
            name: name.to_owned(),
            line: 1 + before.split(|byte| *byte == b'\n').count().saturating_sub(1),
        }
    };
    let (table, syntax) = DeTable::parse_recoverable(text);
    for error in syntax {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().replace('\n', ", ");
        errors.push(ConfigError {
            key: String::new(),
            origin: origin(at),
            message,
        });
    }
    table_from_toml(table.get_ref(), &origin)
}

/// Puts one environment variable in its place; it wins over the file.
fn insert(root: &mut Table, name: &str, value: &str, errors: &mut Vec<ConfigError>) {
    let origin = Origin::Environment(name.to_owned());
    let path: Vec<String> = name
        .strip_prefix(PREFIX)
        .unwrap_or(name)
        .split("__")
        .map(str::to_lowercase)
        .collect();
    let capitals = name
        .bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let Some((last, sections)) = path
        .split_last()
        .filter(|_| capitals && path.iter().all(|part| !part.is_empty()))
    else {
        let message = "expected a name of the form AVOUCH__SECTION__KEY, in capitals".to_owned();
        return errors.push(ConfigError {
            key: String::new(),
            origin,
            message,
        });
    };
    let mut table = root;
    for (depth, section) in sections.iter().enumerate() {
        let node = table
            .entry(section.clone())
            .or_insert_with(|| Node::table(origin.clone()));
        if !matches!(node.value, Value::Table(_)) {
            let message = format!("expected a table of options, found {}", node.value.found());
            let key = path.get(..=depth).unwrap_or(&path).join(".");
            errors.push(ConfigError {
                key,
                origin: node.origin.clone(),
                message,
            });
            *node = Node::table(origin.clone());
        }
        let Value::Table(inner) = &mut node.value else { return };
        table = inner;
    }
    if let Some(Node {
        value: Value::Table(_), ..
    }) = table.get(last)
    {
        let message = "expected the name of an option after this section's".to_owned();
        return errors.push(ConfigError {
            key: path.join("."),
            origin,
            message,
        });
    }
    table.insert(
        last.clone(),
        Node {
            origin,
            value: Value::Variable(value.to_owned()),
        },
    );
}
