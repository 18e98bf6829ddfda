//! The README's shell blocks show what really comes out; what varies is elided.

checks::the_readme_is_run!("singleton", 3);

#[test]
fn every_variant_tells_its_own_story() {
    checks::every_variant_tells_its_own_story(env!("CARGO_BIN_EXE_singleton"));
}
