//! The README's shell blocks show what really comes out; what varies is elided.

stage::the_readme_is_run!("coroutines", 5);
