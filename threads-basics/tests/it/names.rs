//! What threads are called, by Rust and by the kernel.

use std::collections::HashSet;

use threads_basics::names::{Known, spawn_named};

fn named(name: impl Fn(usize) -> Option<String>) -> Vec<Known> {
    spawn_named(&(0..10).map(name).collect::<Vec<_>>())
}

/// Returns the kernel's names; `None`, said aloud, where it cannot be asked.
fn in_dump(known: &[Known]) -> Option<Vec<&str>> {
    let names = known.iter().map(|thread| thread.in_dump.as_deref()).collect();
    if cfg!(target_os = "linux") {
        assert!(Option::is_some(&names), "Linux shows every thread: {known:?}");
    } else {
        eprintln!("this system has no /proc/self/task: nothing is asked of it");
    }
    names
}

checks::within_a_minute! {

    #[test]
    fn the_kernel_keeps_15_bytes_of_a_name_and_rust_all() {
        let known = named(|number| Some(format!("checkout-worker-{number}")));
        assert_eq!(known[7].name.as_deref(), Some("checkout-worker-7"));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names, ["checkout-worker"; 10]);
        }
        let known = named(|number| Some(format!("{number}-checkout-worker")));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names[7], "7-checkout-work");
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), 10);
        }
    }

    #[test]
    fn a_name_is_cut_in_the_middle_of_a_letter_if_it_comes_to_that() {
        let known = spawn_named(&[Some("fourteen bytes…".to_owned())]);
        assert_eq!(known[0].name.as_deref(), Some("fourteen bytes…"));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names, ["fourteen bytes\u{fffd}"]);
        }
    }
}
