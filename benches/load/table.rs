//! The table: figure, limit and ratio side by side.

use std::{collections::BTreeMap, fmt::Write};

/// Rows in the order in which they were first said, each with the values of all rounds.
#[derive(Default)]
pub struct Table {
    order: Vec<(String, &'static str)>,
    values: BTreeMap<String, Vec<(f64, Option<f64>)>>,
}

impl Table {
    /// A value of a round; `limit` is what the core gave in the same round.
    pub fn add(&mut self, name: &str, goal: &'static str, value: f64, limit: Option<f64>) {
        if !self.values.contains_key(name) {
            self.order.push((name.to_owned(), goal));
        }
        self.values.entry(name.to_owned()).or_default().push((value, limit));
    }

    /// Medians.
    pub fn markdown(&self) -> String {
        let mut text = "| figure | median | limit of the core | ratio | goal |\n|---|---|---|---|---|\n".to_owned();
        for (name, goal) in &self.order {
            let rounds = &self.values[name];
            let value = median(rounds.iter().map(|(value, _)| *value));
            let limits: Vec<f64> = rounds.iter().filter_map(|(_, limit)| *limit).collect();
            let (limit, ratio) = if limits.is_empty() {
                (String::new(), String::new())
            } else {
                let ratio = median(rounds.iter().filter_map(|(value, limit)| Some(value / (*limit)?)));
                (
                    format!("{:.0}", median(limits.into_iter())),
                    format!("{:.0} %", ratio * 100.0),
                )
            };
            let shown = if value < 100.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.0}")
            };
            writeln!(text, "| {name} | {shown} | {limit} | {ratio} | {goal} |").unwrap();
        }
        text
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
