//! Where there are no descriptors to spare: an error and an end, no panic and no wait.

use std::process::Command;

use process_sharing::manager::{Client, Value};
use process_sharing::part::Part;
use process_sharing::peer::Peer;

use crate::program;

checks::within_a_minute! {
    #[test]
    fn a_lesson_that_is_short_of_descriptors_comes_to_an_end_without_a_panic() {
        for (lesson, limits) in [("manager", 12..=17), ("ipc-compared", 14..=17), ("queue", 8..=10), ("fifo", 8..=10)] {
            for limit in limits {
                let script = format!("ulimit -n {limit}; exec \"$0\" {lesson}");
                let output = Command::new("sh").args(["-c", &script]).arg(program()).output();
                let output = output.expect("there is a shell");
                let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
                assert!(matches!(output.status.code(), Some(0 | 1)), "{lesson} {limit}: {} {said}", output.status);
                assert!(!said.contains("panicked"), "{lesson} {limit}: {said}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
checks::within_a_minute! {
    #[test]
    fn a_manager_that_cannot_open_a_door_says_why_and_keeps_everybodys_data() {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let mut server = Peer::start(program(), Part::ManagerServer, "server").expect("it starts");
        let pid = Pid::from_raw(server.pid().cast_signed());
        let door = |server: &mut Peer| {
            server.tell("a door").expect("it listens");
            server.heard().expect("it says something")
        };
        let client = Client::connect(&door(&mut server)).expect("it is there");
        let list = client.list("l").expect("the name is free");
        list.push(Value::Number(1)).expect("it is there");
        let before = prlimit(pid, Resource::Nofile, Rlimit { current: Some(3), maximum: Some(64) });
        let before = before.expect("it is our child, and this is less");
        let said = door(&mut server);
        assert!(said.starts_with("no door: "), "{said}");
        assert_eq!(list.items(), Ok(vec![Value::Number(1)]));
        let more = Rlimit { current: Some(64), maximum: Some(64) };
        assert!(before.current.is_none_or(|limit| limit >= 64));
        prlimit(pid, Resource::Nofile, more).expect("it is no more than it may have");
        let other = Client::connect(&door(&mut server)).expect("it is there");
        assert_eq!(other.list("l").and_then(|list| list.items()), Ok(vec![Value::Number(1)]));
    }
}
