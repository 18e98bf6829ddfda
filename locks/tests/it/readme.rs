//! The README's shell blocks show what really comes out; what varies is elided.

checks::the_readme_is_run!("locks", 9);

#[test]
fn every_variant_tells_its_own_story() {
    checks::every_variant_tells_its_own_story(env!("CARGO_BIN_EXE_locks"));
}
