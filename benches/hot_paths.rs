//! Benchmarks of hot paths.

fn main() {}
