//! What threads are called, by Rust and by the kernel, and what becomes of a stack that is too
//! small.

use std::collections::HashSet;

use threads_basics::names::{Known, call_the_roll, dump, on_a_stack_of};

const MIB: usize = 1 << 20;

fn roll(name: impl Fn(usize) -> Option<String>) -> Vec<Known> {
    call_the_roll(&(0..10).map(name).collect::<Vec<_>>())
}

/// How the kernel calls them; `None`, said aloud, where it cannot be asked.
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
    fn ten_named_threads_bear_their_names_and_ten_different_ids() {
        let known = roll(|number| Some(format!("worker-{number}")));
        let ids: HashSet<_> = known.iter().map(|thread| thread.id).collect();
        assert_eq!(ids.len(), 10);
        for (number, thread) in known.iter().enumerate() {
            assert_eq!(thread.name, Some(format!("worker-{number}")));
        }
        if let Some(names) = in_dump(&known) {
            let wanted: Vec<_> = (0..10).map(|number| format!("worker-{number}")).collect();
            assert_eq!(names, wanted);
        }
    }

    #[test]
    fn a_thread_without_a_name_bears_its_starters_in_the_dump() {
        let starter = std::thread::Builder::new().name("starter".into()).spawn(|| roll(|_| None));
        let known = starter.expect("there is room for a thread").join().expect("the roll is called");
        assert!(known.iter().all(|thread| thread.name.is_none()));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names, ["starter"; 10]);
        }
    }

    #[test]
    fn the_kernel_keeps_15_bytes_of_a_name_and_rust_all() {
        let known = roll(|number| Some(format!("checkout-worker-{number}")));
        assert_eq!(known[7].name.as_deref(), Some("checkout-worker-7"));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names, ["checkout-worker"; 10]);
        }
        let known = roll(|number| Some(format!("{number}-checkout-worker")));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names[7], "7-checkout-work");
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), 10);
        }
    }

    #[test]
    fn a_name_is_cut_in_the_middle_of_a_letter_if_it_comes_to_that() {
        let known = call_the_roll(&[Some("fourteen bytes…".to_owned())]);
        assert_eq!(known[0].name.as_deref(), Some("fourteen bytes…"));
        if let Some(names) = in_dump(&known) {
            assert_eq!(names, ["fourteen bytes\u{fffd}"]);
        }
    }
}

#[test]
fn a_dump_lists_the_thread_that_takes_it() {
    let threads = dump();
    assert!(threads.is_some() || !cfg!(target_os = "linux"), "Linux shows every thread");
    let Some(threads) = threads else { return };
    let me = std::fs::read_link("/proc/thread-self")
        .expect("where there is the one, there is the other");
    let tid: u32 = me.file_name().unwrap().to_str().unwrap().parse().unwrap();
    assert!(threads.iter().any(|thread| thread.tid == tid), "{threads:?}");
}

#[test]
fn a_stack_of_16_mib_bears_what_the_usual_2_would_not() {
    let used = on_a_stack_of(16 * MIB, 8 * MIB);
    assert!((8 * MIB..16 * MIB).contains(&used), "{used}");
}

#[test]
fn a_stack_that_overflows_ends_the_process_by_a_signal() {
    let output =
        checks::run(env!("CARGO_BIN_EXE_threads-basics"), &["names", "--variant", "small-stack"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("its whole process is ended, signal "), "{said}");
    assert!(said.contains("thread 'deep'") && said.contains("has overflowed its stack"), "{said}");
}
