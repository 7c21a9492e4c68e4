//! The avouch binary; everything it does is in the library.

fn main() -> std::process::ExitCode {
    avouch::cli::main()
}
