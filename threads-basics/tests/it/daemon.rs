//! What becomes of a thread when main ends.

use std::process::{Command, Stdio};

use threads_basics::daemon::lines;
use threads_basics::role::ROLE;

use crate::program;

fn printed(main: &str) -> Vec<String> {
    lines(program(), main).expect("the child ends well")
}

#[test]
fn a_detached_thread_is_gone_with_main_and_puts_nothing_away() {
    assert_eq!(printed("detached"), ["t1: begins", "main: returns"]);
}

#[test]
fn main_that_joins_its_thread_returns_after_it() {
    let wanted = [
        "t1: begins",
        "main: joins t1",
        "t1: its last line",
        "t1: puts its things away",
        "main: returns",
    ];
    assert_eq!(printed("joined"), wanted);
}

#[test]
fn a_thread_that_is_told_to_stop_and_woken_ends_in_order() {
    let wanted = [
        "t1: begins",
        "main: sets the flag",
        "t1: has seen the flag",
        "t1: puts its things away",
        "main: returns",
    ];
    assert_eq!(printed("stop-flag"), wanted);
}

checks::within_a_minute! {
    #[test]
    fn a_child_that_nobody_reads_ends_all_the_same() {
        for role in ["detached", "joined", "stop-flag", "change:1"] {
            let mut command = Command::new(program());
            command.env(ROLE, role).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("the binary was built");
            drop(child.stdout.take());
            child.wait().expect("it is ours");
        }
    }
}
