//! Each variant of each lesson is a test, and each Python script.

fn main() -> std::process::ExitCode {
    checks::variants(env!("CARGO_MANIFEST_DIR"), env!("CARGO_BIN_EXE_process-sharing"))
}
