//! An initialiser that asks for its own value waits for itself, or is told so.

use std::process::Command;
use std::time::Duration;

use singleton::Config;
use singleton::real::once_cell::OnceCell;
use singleton::recursive::{asks_itself, cell_asks_itself, config_and_log};
use stage::{End, watch};

/// Plays a form that deadlocks in a child, as the binary does, and returns who waits for whom.
fn circle(form: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_singleton"));
    let seen = watch(command.arg("recursive"), form, Duration::from_secs(60))
        .expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => knot.to_string(),
        other => panic!("{form} did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn a_once_lock_whose_initialiser_asks_for_it_waits_for_itself() {
    assert_eq!(circle("once-lock"), "t1 → the config → t1");
}

#[test]
fn so_does_a_lazy_lock() {
    assert_eq!(circle("lazy-lock"), "t1 → the config → t1");
}

#[test]
fn so_does_a_once() {
    assert_eq!(circle("once"), "t1 → the config → t1");
}

#[test]
fn so_does_a_mutex() {
    assert_eq!(circle("mutex"), "t1 → the config → t1");
}

#[test]
fn two_that_ask_for_each_other_on_two_threads_deadlock() {
    assert_eq!(circle("config-and-log"), "t1 → the log → t2 → the config → t1");
}

checks::within_a_minute! {
    #[test]
    fn our_once_cell_panics_and_says_why() {
        let said = asks_itself::<OnceCell<Config>>().expect_err("it must not be given one");
        assert_eq!(said, "the initialiser asks for the value that it is to make");
    }

    #[test]
    fn the_cell_for_one_thread_panics_too() {
        let said = cell_asks_itself().expect_err("it must not be given one");
        assert!(said.contains("reentrant"), "{said}");
    }

    #[test]
    fn one_that_asks_for_another_which_asks_for_nothing_is_built() {
        assert_eq!(config_and_log(false), [Ok(1), Ok(1)]);
    }
}
