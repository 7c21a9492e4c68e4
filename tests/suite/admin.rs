//! The command line as operators use it: the same commands and answers, whether the daemon runs or not.

mod doors;
mod factors;
mod records;
