//! Calls that come to an end although the other side is stopped, is short of descriptors, or has
//! been killed.

use std::io;
use std::process::Command;
use std::time::Duration;

use processes::fork_with_threads::lock_first;
use processes::role::ROLE;
use processes::spawn_and_wait::Ended;
use processes::start::{ForkServer, Job, StartMethod, Streams};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};

use crate::end_of_a_run::has_ended;
use crate::{eventually, program};

fn pid(process: u32) -> Pid {
    Pid::from_raw(process.cast_signed()).expect("it is a PID")
}

pub(crate) fn stop(process: u32) {
    kill_process(pid(process), Signal::STOP).expect("it runs");
    let state = || processes::proc::look(process).expect("there is a /proc").map(|seen| seen.state);
    eventually("a process that is stopped", || state() == Some('T'));
}

fn server() -> ForkServer {
    ForkServer::new(program(), &[]).expect("the binary was built")
}

checks::within_a_minute! {
    #[test]
    fn a_server_whose_template_is_stopped_is_dropped_and_leaves_nobody() {
        let mut server = server();
        let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
        let template = server.template();
        stop(template);
        drop(server);
        assert!(has_ended(template));
        eventually("the end of its child", || has_ended(child));
    }

    #[test]
    fn a_template_without_a_free_descriptor_says_so_and_serves_the_next_request() {
        let mut server = server();
        let template = server.template();
        let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), Ended::Exited(0));
        // It has 0, 1 and 2: only 3 is left for three files.
        let before = getrlimit(Resource::Nofile);
        let limit = |files| prlimit(Some(pid(template)), Resource::Nofile, files).expect("it is ours");
        limit(Rlimit { current: Some(4), ..before });
        let error = server.start(&Job::Exit(0), Streams::own()).expect_err("two of three files are lost");
        assert!(error.to_string().contains("descriptor"), "{error}");
        limit(before);
        let child = server.start(&Job::Exit(3), Streams::own()).expect("there is room again");
        assert_eq!(server.wait(child).expect("it was started"), Ended::Exited(3));
    }

    #[test]
    fn a_child_in_a_role_reaps_and_listens_whatever_its_parent_ignores_and_blocks() {
        let mut house = Command::new("env");
        let house = house.args(["--ignore-signal=CHLD", "--block-signal"]).arg(program()).env(ROLE, "house:exit:3");
        let said = house.output().expect("there is an env");
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.starts_with("reaped ") && said.ends_with(" 768\n"), "{said:?} holds no exit status of 3");
    }

    #[test]
    fn patience_without_an_end_is_no_overflow_for_a_forked_child() {
        assert_eq!(lock_first(Duration::MAX).expect("it can fork").ended, Some(Ended::Exited(0)));
    }

    #[test]
    fn python_leaves_no_folder_of_its_own_behind() {
        let folder = std::env::temp_dir().join(format!("processes-test-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("there is room");
        let mut lesson = Command::new(program());
        let lesson = lesson.args(["fork-server", "--variant", "cost"]).env("TMPDIR", &folder).output();
        let left: Vec<_> = std::fs::read_dir(&folder).expect("it is ours").collect::<io::Result<_>>().expect("it is ours");
        std::fs::remove_dir_all(&folder).expect("it is ours");
        assert!(lesson.expect("the binary was built").status.success());
        assert!(left.is_empty(), "{left:?}");
    }
}
