//! Which cycle of waits each deadlock ends in.

use std::process::Command;
use std::time::Duration;

use stage::{End, watch};

#[test]
fn every_deadlock_names_its_cycle_of_waits() {
    let parked = "parent → end of t1 → t1 → a token → parent";
    for (lesson, variant, cycle) in [
        ("worker", "flag-unseen", "owner → end of worker → worker → a number → owner"),
        ("park", "unparked-first", parked),
        ("park", "not-counted", parked),
    ] {
        let mut command = Command::new(crate::program());
        let seen = watch(command.arg(lesson), variant, Duration::from_secs(60));
        let seen = seen.expect("the binary was built");
        match seen.end {
            End::Deadlocked(found) => assert_eq!(found.to_string(), cycle, "{lesson} {variant}"),
            other => panic!("{lesson} {variant} did not deadlock: {other:?}; {}", seen.complaint),
        }
    }
}
