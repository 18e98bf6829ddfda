//! Calls that come to an end although the other side is stopped, is short of descriptors, or has
//! been killed.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use checks::eventually;
use kit::child::DEADLINE;
use nix::unistd::getpgid;
use processes::exit::Exit;
use processes::procfs;
use processes::start::{ForkServer, Job, StartMethod, Stopwatch, Streams};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getrlimit, kill_process, kill_process_group, prlimit,
};

use crate::end_of_a_run::{children_of, has_ended};
use crate::program;

fn pid(process: u32) -> Pid {
    Pid::from_raw(process.cast_signed()).expect("it is a PID")
}

/// Stops a process (SIGSTOP), and waits until it is stopped.
pub(crate) fn freeze(process: u32) {
    kill_process(pid(process), Signal::STOP).expect("it runs");
    let state = || procfs::process(process).expect("there is a /proc").map(|seen| seen.state);
    eventually("a process that is stopped", || state() == Some('T'));
}

/// Kills a process (SIGKILL).
pub(crate) fn kill(process: u32) {
    kill_process(pid(process), Signal::KILL).expect("it runs");
}

/// Returns the processes of a group that have not ended.
fn group_of(leader: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("there is a /proc").flatten();
    let all = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let nix = |process: u32| nix::unistd::Pid::from_raw(process.cast_signed());
    let of_the_group = |&process: &u32| getpgid(Some(nix(process))) == Ok(nix(leader));
    all.filter(of_the_group).filter(|&process| !has_ended(process)).collect()
}

fn server() -> ForkServer {
    ForkServer::new(program(), &[]).expect("the binary was built")
}

checks::within_a_minute! {
    #[test]
    fn a_server_whose_zygote_is_stopped_is_dropped_and_leaves_no_process() {
        let mut server = server();
        let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
        let zygote = server.zygote();
        freeze(zygote);
        drop(server);
        assert!(has_ended(zygote) && has_ended(child));
    }

    #[test]
    fn a_client_that_is_killed_leaves_no_zygote_and_no_child() {
        let mut client = Command::new(program());
        client.args(["--child-entry", "stopwatch", "0"]);
        client.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut client = client.spawn().expect("the binary was built");
        let mut requests = client.stdin.take().expect("it is piped");
        let mut answers = BufReader::new(client.stdout.take().expect("it is piped"));
        requests.write_all(b"fork-server 1\n").expect("it reads");
        answers.read_line(&mut String::new()).expect("it answers");
        let zygote = children_of(client.id());
        assert_eq!(zygote.len(), 1, "its child has ended");
        // It is in the middle of starting children.
        requests.write_all(b"fork-server 1000000000\n").expect("it reads");
        eventually("a child", || group_of(zygote[0]).len() > 1);
        client.kill().expect("it is ours");
        client.wait().expect("it is ours");
        eventually("the end of the group", || group_of(zygote[0]).is_empty());
    }

    #[test]
    fn a_zygote_without_a_free_descriptor_says_so_and_serves_the_next_request() {
        let mut server = server();
        let zygote = server.zygote();
        let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), Exit::SUCCESS);
        // It has 0 to 3, the last is its children's input: only 4 is left for two files.
        let before = getrlimit(Resource::Nofile);
        let limit = |files| prlimit(Some(pid(zygote)), Resource::Nofile, files).expect("it is ours");
        limit(Rlimit { current: Some(5), ..before });
        let started = server.start(&Job::Exit(0), Streams::own());
        let error = started.expect_err("one of two files is lost");
        assert!(error.to_string().contains("descriptor"), "{error}");
        limit(before);
        let child = server.start(&Job::Exit(3), Streams::own()).expect("there is room again");
        assert_eq!(server.wait(child).expect("it was started"), Exit::Code(3));
    }

    #[test]
    fn python_leaves_no_folder_behind_even_if_its_lesson_is_ended_with_the_whole_process_group() {
        let folder = std::env::temp_dir().join(format!("processes-test-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("there is room");
        let is_empty = || std::fs::read_dir(&folder).expect("it is ours").next().is_none();
        let mut python = kit::python::command();
        python.env("TMPDIR", &folder);
        let started = Stopwatch::python(python, 0, DEADLINE).expect("it can be started");
        let Some(mut watch) = started else {
            eprintln!("there is no python3: nothing is asked of it");
            return std::fs::remove_dir(&folder).expect("it is ours");
        };
        watch.time("fork-server", 1).expect("it has it");
        assert!(!is_empty(), "its fork server has a socket there");
        drop(watch);
        assert!(is_empty(), "it has ended by itself");
        let mut lesson = Command::new(program());
        let lesson = lesson.args(["fork-server", "--variant", "cost"]).env("TMPDIR", &folder);
        let lesson = lesson.process_group(0).stdout(Stdio::null()).spawn();
        let mut lesson = lesson.expect("the binary was built");
        eventually("a folder", || !is_empty());
        kill_process_group(Pid::from_child(&lesson), Signal::KILL).expect("it leads a group");
        lesson.wait().expect("it is ours");
        eventually("the end of the folders", is_empty);
        std::fs::remove_dir(&folder).expect("it is ours");
    }
}
