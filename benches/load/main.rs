//! The load benchmark of the whole daemon: each figure beside the limit that the same core had in the same run.
//!
//! `make bench` runs it and writes `target/bench.md`. The server has one core to itself and the generator another (`taskset`); a figure
//! is the median of interleaved rounds. `AVOUCH_BENCH_ROUNDS` (3) and `AVOUCH_BENCH_SECONDS` (4, a row and round) lengthen it, and
//! `AVOUCH_BENCH_USERS` (100000) says how many users the memory row has. It judges nothing and never fails by the clock.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a benchmark that cannot go on says so"
)]

mod daemon;
mod generator;
mod limits;
mod rows;
mod table;

use std::time::Duration;

use rows::Bench;
use table::Table;

const SERVER_CORE: &str = "0";
const GENERATOR_CORE: &str = "1";

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("limit") => return limits::run(&arguments[1]),
        Some("generate") => {}
        // `cargo bench` starts here: begin anew on the generator's core.
        _ => return daemon::again_on_core(GENERATOR_CORE, &["generate"]),
    }
    let rounds = usize::try_from(number("AVOUCH_BENCH_ROUNDS", 3)).unwrap();
    let span = Duration::from_secs(number("AVOUCH_BENCH_SECONDS", 4));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let table = runtime.block_on(async {
        let mut table = Table::default();
        let bench = Bench::prepare(span).await;
        for round in 1..=rounds {
            eprintln!("round {round} of {rounds}");
            bench.round(&mut table).await;
        }
        bench.memory(&mut table);
        drop(bench);
        rows::starts(&mut table);
        rows::many_users(&mut table, number("AVOUCH_BENCH_USERS", 100_000)).await;
        table
    });
    let text = table.markdown();
    println!("{text}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench.md");
    std::fs::write(file, text).unwrap();
    println!("written to target/bench.md");
}
