//! The README's shell blocks show what really comes out; what varies is elided.

#[test]
fn every_shell_block_shows_what_comes_out() {
    trycmd::TestCases::new()
        .register_bin("cargo", std::path::PathBuf::from(env!("CARGO")))
        .case("README.md")
        .run();
}
