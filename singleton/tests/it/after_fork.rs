//! Each process has its own, whatever the addresses say; and a fork in the middle of building
//! leaves the child without.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use singleton::after_fork::{built_after, built_before, started_anew, while_building};

checks::within_a_minute! {
    #[test]
    fn what_was_built_before_a_fork_has_one_address_and_is_two_objects() {
        let [parent, child] = built_before().expect("it can fork");
        assert_eq!((parent.number, parent.address), (child.number, child.address));
        assert_eq!((parent.setting, child.setting), (1, 2), "the child's change is its own");
    }

    #[test]
    fn what_is_built_after_a_fork_is_built_twice() {
        let [parent, child] = built_after().expect("it can fork");
        assert_eq!((parent.number, child.number), (1, 1));
        assert_eq!((parent.setting, child.setting), (1, 2));
    }

    #[test]
    fn a_child_forked_while_a_thread_builds_waits_for_ever() {
        let ended = while_building(Duration::from_millis(300)).expect("it can fork");
        assert!(!ended, "nobody in the child builds");
    }

    #[test]
    fn a_program_that_is_started_anew_builds_its_own() {
        let program = Path::new(env!("CARGO_BIN_EXE_singleton"));
        let [parent, child] = started_anew(program).expect("it can be started");
        assert_eq!((parent.number, child.number), (1, 1));
    }
}

checks::within_a_minute! {
    #[test]
    fn a_program_that_is_stopped_is_ended_and_an_error() {
        let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stops-itself");
        // Another process writes it: a child that a test forks meanwhile would keep a file of this
        // process open for writing, and such a file cannot be executed.
        let write = "printf '#!/bin/sh\\nkill -STOP $$\\n' > \"$0\" && chmod +x \"$0\"";
        let written = Command::new("sh").args(["-c", write]).arg(&script).status();
        assert!(written.is_ok_and(|status| status.success()), "the folder for tests can be written to");
        let ended = started_anew(&script);
        std::fs::remove_file(&script).expect("the file is ours");
        assert_eq!(ended.expect_err("it says nothing").kind(), std::io::ErrorKind::TimedOut);
    }
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    assert!(started_anew(Path::new("/no/such/program")).is_err());
}
