//! The README's shell blocks show what really comes out; what varies is elided.

#[test]
fn every_shell_block_shows_what_comes_out() {
    // A page without blocks would pass: there is nothing to be wrong.
    assert_eq!(include_str!("../../README.md").matches("```console").count(), 6);
    trycmd::TestCases::new()
        .register_bin(
            "cargo",
            std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../stage/tests/cargo-run")),
        )
        .env("TOPIC", "locks")
        .env("BINARY", env!("CARGO_BIN_EXE_locks"))
        .env("LC_ALL", "C.UTF-8")
        .case("README.md")
        .run();
}
