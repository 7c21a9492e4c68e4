//! Declares each option once: the declaration reads it, checks it, and documents it.

use std::{collections::BTreeMap, fmt::Write, ops::RangeInclusive};

use super::{
    error::{ConfigError, Origin},
    setting::Setting,
    source::{Node, Table, Value},
};

/// What a reading brings to light besides values: everything that is wrong, and the documentation of what was declared.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub errors: Vec<ConfigError>,
    pub example: String,
}

/// Reads one section. What no declaration took is unknown, and reported.
pub(super) struct Reader<'a> {
    path: String,
    table: Table,
    origins: BTreeMap<String, Origin>,
    known: Vec<String>,
    report: &'a mut Report,
}

impl<'a> Reader<'a> {
    /// Reads the whole tree: `read` declares its sections.
    pub fn root<T>(table: Table, report: &'a mut Report, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        let mut reader = Reader {
            path: String::new(),
            table,
            origins: BTreeMap::new(),
            known: Vec::new(),
            report,
        };
        let value = read(&mut reader);
        reader.refuse_the_rest();
        value
    }

    /// Declares a section within this one. Declare options first: in TOML a table's own keys stand before its tables.
    pub fn section<T>(&mut self, name: &str, doc: &str, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        let path = self.path_of(name);
        if !self.report.example.is_empty() {
            self.report.example.push('\n');
        }
        self.comment(doc);
        let _ = writeln!(self.report.example, "[{path}]");
        let table = match self.take(name) {
            Some(Node {
                value: Value::Table(table),
                ..
            }) => table,
            Some(Node { value, .. }) => {
                self.refuse(name, format!("expected a table of options, found {}", value.found()));
                Table::new()
            }
            None => Table::new(),
        };
        let mut reader = Reader {
            path,
            table,
            origins: BTreeMap::new(),
            known: Vec::new(),
            report: &mut *self.report,
        };
        let value = read(&mut reader);
        reader.refuse_the_rest();
        value
    }

    /// Declares an option: its key, its default, and what it does with its unit.
    pub fn option<T: Setting>(&mut self, key: &str, default: T, doc: &str) -> T {
        self.comment(doc);
        let _ = writeln!(self.report.example, "#{key} = {}", default.print());
        let Some(node) = self.take(key) else { return default };
        T::parse(&node.value).unwrap_or_else(|message| {
            self.refuse(key, message);
            default
        })
    }

    /// Declares an option whose value must lie in `range`.
    pub fn ranged<T>(&mut self, key: &str, default: T, range: RangeInclusive<T>, doc: &str) -> T
    where
        T: Setting + PartialOrd + Clone,
    {
        let [least, most] = [range.start(), range.end()].map(|bound| bound.print().replace('"', ""));
        let value = self.option(key, default.clone(), &format!("{doc} From {least} to {most}."));
        if range.contains(&value) {
            return value;
        }
        let found = value.print().replace('"', "");
        self.refuse(key, format!("expected a value from {least} to {most}, found {found}"));
        default
    }

    /// Declares an option whose value must satisfy `rule`, which says what it expected otherwise.
    pub fn checked<T: Setting>(
        &mut self,
        key: &str,
        default: T,
        doc: &str,
        rule: impl FnOnce(&T) -> Result<(), String>,
    ) -> T {
        let value = self.option(key, default, doc);
        if let Err(message) = rule(&value) {
            self.refuse(key, message);
        }
        value
    }

    /// Reports that the value of `key` is wrong, there where it was written.
    pub fn refuse(&mut self, key: &str, message: String) {
        let origin = self.origins.get(key).cloned().unwrap_or(Origin::Default);
        let error = ConfigError {
            key: self.path_of(key),
            origin,
            message,
        };
        // One word about a value is enough: what follows from a wrong value is not a further error.
        if !self
            .report
            .errors
            .iter()
            .any(|known| known.key == error.key && known.origin == error.origin)
        {
            self.report.errors.push(error);
        }
    }

    /// Whether a value was given, rather than left to the default.
    pub fn is_set(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }

    /// The keys that are written in this section and not yet declared.
    pub fn undeclared(&self) -> Vec<String> {
        self.table.keys().cloned().collect()
    }

    /// The full name of a key of this section.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn take(&mut self, key: &str) -> Option<Node> {
        self.known.push(key.to_owned());
        let node = self.table.remove(key)?;
        self.origins.insert(key.to_owned(), node.origin.clone());
        Some(node)
    }

    /// Writes `doc` as comment lines of the example.
    fn comment(&mut self, doc: &str) {
        for paragraph in doc.lines() {
            let mut width = 0;
            for word in paragraph.split(' ') {
                if width > 0 && width + 1 + word.len() > 100 {
                    self.report.example.push('\n');
                    width = 0;
                }
                self.report.example.push_str(if width == 0 { "# " } else { " " });
                self.report.example.push_str(word);
                width += 1 + word.len();
            }
            self.report.example.push('\n');
        }
    }

    fn refuse_the_rest(&mut self) {
        for (key, node) in std::mem::take(&mut self.table) {
            let path = self.path_of(&key);
            let hint = nearest(&key, &self.known).map_or_else(
                || format!("there is no such option; known here are {}", self.known.join(", ")),
                |near| format!("there is no such option; did you mean {}?", self.path_of(near)),
            );
            self.refuse_unknown(&path, node, &hint);
        }
    }

    /// A table that the environment made is reported by the variables that made it.
    fn refuse_unknown(&mut self, path: &str, node: Node, hint: &str) {
        let is_table = matches!(node.value, Value::Table(_));
        if !(is_table && matches!(node.origin, Origin::Environment(_))) {
            let error = ConfigError {
                key: path.to_owned(),
                origin: node.origin.clone(),
                message: hint.to_owned(),
            };
            self.report.errors.push(error);
        }
        if let Value::Table(inner) = node.value {
            for (key, inner) in inner {
                if is_environment(&inner) {
                    self.refuse_unknown(&format!("{path}.{key}"), inner, hint);
                }
            }
        }
    }
}

fn is_environment(node: &Node) -> bool {
    match &node.value {
        Value::Table(inner) => inner.values().any(is_environment),
        _ => matches!(node.origin, Origin::Environment(_)),
    }
}

/// The known key that differs from `key` by at most two letters.
fn nearest<'k>(key: &str, known: &'k [String]) -> Option<&'k str> {
    let near = known.iter().map(|name| (distance(key, name), name)).min();
    near.filter(|(letters, name)| *letters <= 2 && *letters < name.len())
        .map(|(_, name)| name.as_str())
}

/// How many letters must be added, taken away or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut last = i;
        let mut next = vec![i + 1];
        for (to, above) in b.chars().zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((last + usize::from(from != to)).min(above + 1).min(left + 1));
            last = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_recognised() {
        let known = ["listen".to_owned(), "issuer".to_owned()];
        assert_eq!(nearest("lisen", &known), Some("listen"));
        assert_eq!(nearest("isseur", &known), Some("issuer"));
        assert_eq!(nearest("banana", &known), None);
        assert_eq!(nearest("a", &[]), None);
    }

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn long_documentation_is_wrapped_into_comment_lines() {
        let mut report = Report::default();
        Reader::root(Table::new(), &mut report, |r| {
            r.option("key", 1_u32, &"word ".repeat(50))
        });
        assert!(
            report.example.lines().all(|line| line.len() <= 102),
            "{}",
            report.example
        );
        assert!(report.example.ends_with("#key = 1\n"));
    }
}
