//! `a | b` by hand.

use std::process::Command;

use kit::child::DEADLINE;
use processes::exit::Exit;
use processes::pipeline::closed;
use stage::{End, watch};

use crate::program;

#[test]
fn a_parent_that_keeps_an_end_is_in_the_cycle_of_waits() {
    let table = [
        ("kept-open", "b → end of input → sh → b's end → b"),
        ("reader-kept", "a → room in the pipe → sh → a's end → a"),
    ];
    for (variant, wanted) in table {
        let mut command = Command::new(program());
        let seen = watch(command.arg("pipeline"), variant, DEADLINE);
        let seen = seen.expect("the binary was built");
        let End::Deadlocked(cycle) = seen.end else { panic!("{:?}; {}", seen.end, seen.complaint) };
        assert_eq!(cycle.to_string(), wanted);
    }
}

#[test]
fn a_pipeline_carries_nothing_and_more_than_a_pipe_holds() {
    // 100 000 lines are 1.2 MB, where a pipe holds 64 KiB: both run at once.
    for lines in [0, 100_000] {
        let output = format!("{lines} lines");
        let wanted = (output, [Exit::SUCCESS; 2]);
        assert_eq!(closed(program(), lines).expect("both end"), wanted);
    }
}
