//! Contracts of what the system provides under a name or a PID: sockets, message queues,
//! signals.

use std::io::ErrorKind;

use process_sharing::names::Names;
use process_sharing::socket::bind_or_take_over;

use crate::program;

#[test]
fn a_path_at_which_a_process_listens_is_not_taken_over() {
    let names = Names::new(program()).expect("the sweeper starts");
    let path = names.path("socket");
    let _listens = bind_or_take_over(path.as_ref()).expect("it is free");
    let error = bind_or_take_over(path.as_ref()).expect_err("a process listens");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[cfg(target_os = "linux")]
#[test]
fn a_message_that_is_too_long_for_a_message_queue_is_an_error_and_not_truncated() {
    use process_sharing::message_queue::MessageQueue;
    let names = Names::new(program()).expect("the sweeper starts");
    let queue = MessageQueue::create(&names.word(), 4, 64).expect("it is new");
    queue.send(&[b'x'; 65], 0).expect_err("there is room for 64 bytes");
    assert_eq!(queue.receive(&mut [0; 64]).expect("it is open"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_a_shell_has_ignored_still_ends_the_child() {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' USR1; exec \"$0\" signal --variant unprepared"]).arg(program());
    let output = shell.output().expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("SIGUSR1 has ended"), "{said}");
}
