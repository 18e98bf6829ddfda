//! What a process is called, what it counts, and what it does for its parent.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use processes::cpus::{count, pinned, quota};
use processes::names::{TITLE, named};
use processes::role::ROLE;
use processes::threads::{TEN, counted};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::{eventually, program};

#[test]
fn a_child_has_the_name_that_its_starter_gave_it_and_the_title_of_its_file() {
    let names = named(program(), "indexer", None).expect("it can be looked at");
    assert_eq!((names.command.as_str(), names.title.as_str()), ("indexer", "processes"));
}

#[test]
fn a_child_that_gives_itself_a_title_keeps_its_name() {
    let names = named(program(), "indexer", Some("half done")).expect("it can be looked at");
    assert_eq!((names.command.as_str(), names.title.as_str()), ("indexer", "half done"));
}

#[test]
fn a_title_is_cut_after_15_bytes_and_nobody_is_told() {
    let whole = "123456789012345";
    for (title, shown) in
        [(whole, whole), ("1234567890123456", whole), ("request-handler-2", "request-handler")]
    {
        let names = named(program(), "a", Some(title)).expect("it can be looked at");
        assert_eq!((names.title.as_str(), names.title.len()), (shown, TITLE), "{title}");
    }
}

#[test]
fn a_childs_numbers_are_the_same_inside_and_outside() {
    let names = named(program(), "a", None).expect("it can be looked at");
    assert_eq!(names.inside, (names.number, std::process::id()));
}

#[test]
fn ten_threads_and_main_are_counted_inside_and_outside() {
    let counted = counted(program()).expect("they can be counted");
    assert_eq!((counted.inside, counted.outside, counted.joined), (TEN + 1, TEN + 1, 1));
    let ten: Vec<_> = (1..=TEN).map(|number| format!("t{number}")).collect();
    assert_eq!(counted.names[1..], ten);
    assert_eq!(counted.names[0], "processes");
}

#[test]
fn a_child_that_is_kept_to_one_processor_counts_one_and_sees_all() {
    let (here, seen) = (count().expect("the system says"), pinned(program()).expect("it counts"));
    assert_eq!((seen.allowed, seen.available), (1, 1));
    assert_eq!(seen.online, here.online);
    assert!(here.allowed <= here.online && here.available <= here.allowed, "{here:?}");
}

#[test]
fn the_keeper_of_a_group_removes_it_when_all_in_front_of_the_terminal_are_interrupted() {
    let mut command = Command::new(program());
    let command = command.env(ROLE, "quota").process_group(0).stdout(Stdio::null());
    let mut keeper = command.spawn().expect("the binary was built");
    let group = |within: &str| {
        PathBuf::from(format!("/sys/fs/cgroup/{within}/processes-quota-{}", keeper.id()))
    };
    let groups = ["", "cpu", "cpu,cpuacct"].map(group);
    let is_there = || groups.iter().any(|group| group.exists());
    let mut ended = false;
    eventually("a group, or the end", || {
        ended = keeper.try_wait().expect("it is ours").is_some();
        ended || is_there()
    });
    if ended {
        eprintln!("no group is tried: this system gives none");
        return;
    }
    let all = Pid::from_child(&keeper);
    kill_process_group(all, Signal::INT).expect("it leads a group");
    eventually("the keeper's end", || keeper.try_wait().expect("it is ours").is_some());
    assert!(!is_there(), "{groups:?}");
}

#[test]
fn a_quota_is_seen_by_available_parallelism_and_not_by_the_count_of_processors() {
    let here = count().expect("the system says");
    match quota(program()).expect("it counts") {
        Err(why) => eprintln!("no quota is tried: this system gives no control group ({why})"),
        Ok(throttled) => {
            let seen = throttled.seen;
            assert_eq!((seen.online, seen.allowed, seen.available), (here.online, here.allowed, 1));
            assert!(throttled.periods >= 3, "it was never stopped: {throttled:?}");
            assert!(throttled.used < throttled.took, "{throttled:?}");
        }
    }
}
