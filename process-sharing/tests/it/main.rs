//! The contracts of the topic `process-sharing`, each as a test with a sentence for a name. What a
//! variant of a lesson asserts is a test by itself: see `tests/variants.rs`.

mod command_line;
mod end_of_a_run;
mod held;
mod interrupted;
mod memory;
mod names;
mod orderings;
mod patience;
mod promises;
mod random_messages;
mod readme;
mod ring;
mod robust;
mod schedules;
mod systems;
#[cfg(target_os = "linux")]
mod untrusted;
mod whole;

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Command, Output};

use process_sharing::child::TalkingChild;
use process_sharing::manager::serve;
use process_sharing::names::Names;
use process_sharing::shared_memory::ring::{Consumer, Producer, Ring};
use process_sharing::shared_memory::{PthreadMutex, Shared};

/// This topic's binary, which the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-sharing"))
}

/// Returns a second descriptor of the same open file description.
fn again(end: &(impl AsFd + ?Sized)) -> OwnedFd {
    end.as_fd().try_clone_to_owned().expect("there is a descriptor to spare")
}

fn pthread(robust: bool) -> Shared<PthreadMutex> {
    let mutex = Shared::<PthreadMutex>::new().expect("there is memory");
    mutex.make(robust).expect("the system has it");
    mutex
}

/// A manager's server, and its path.
struct Server {
    process: TalkingChild,
    path: String,
    _names: Names,
}

/// Starts the manager's server.
fn server() -> Server {
    let names = Names::new(program()).expect("the sweeper starts");
    let path = names.path("manager");
    let process = serve(program(), &path).expect("it starts");
    Server { process, path, _names: names }
}

/// Both ends of a ring, in this process.
fn both_ends(capacity: usize) -> (Producer, Consumer) {
    let ring = Ring::new(capacity).expect("there is memory");
    let other = Ring::open(again(&ring)).expect("it is a ring");
    (ring.producer().expect("it is free"), other.consumer().expect("it is free"))
}

/// Runs the test of this name once more, by itself in a process of its own; `None` if this is that
/// process.
fn in_a_child(test: &str) -> Option<Output> {
    const ALONE: &str = "PROCESS_SHARING_TEST_ALONE";
    if std::env::var_os(ALONE).is_some_and(|name| name == test) {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().expect("this test runs out of it"));
    command.args(["--exact", test, "--nocapture"]).env(ALONE, test).env("RUST_BACKTRACE", "0");
    Some(command.output().expect("it has been started before"))
}

/// As [`in_a_child`], for a test that spoils what all tests share; tells whether this is the process
/// where it may. In the other one, nothing is left to do.
fn alone(test: &str) -> bool {
    let Some(output) = in_a_child(test) else { return true };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}{complaint}", output.status);
    assert!(said.contains("1 passed"), "no test is named {test}");
    false
}
