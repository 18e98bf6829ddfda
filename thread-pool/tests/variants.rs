//! Each variant of each lesson is a test.

fn main() -> std::process::ExitCode {
    checks::variants(env!("CARGO_BIN_EXE_thread-pool"))
}
