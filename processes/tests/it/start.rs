//! The contracts of the three start methods.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::thread;

use checks::eventually;
use kit::child::DEADLINE;
use processes::exit::Exit;
use processes::procfs::process;
use processes::start::{
    ChildView, Fork, ForkServer, Job, Method, Spawn, StartMethod, Stopwatch, Streams,
    in_an_argument,
};

use crate::end_of_a_run::{children_of, has_ended};
use crate::program;

fn server() -> ForkServer {
    ForkServer::new(program(), &[]).expect("the binary was built")
}

/// Hands a list to a child, and returns what it saw.
fn seen_by_child(method: &mut dyn StartMethod, handed: Vec<u32>) -> ChildView {
    let (mut from_child, to_parent) = io::pipe().expect("there is room for a pipe");
    let streams = Streams { out: to_parent.as_fd(), ..Streams::own() };
    let child = method.start(&Job::Append { handed }, streams).expect("it can be started");
    drop(to_parent);
    let mut line = String::new();
    from_child.read_to_string(&mut line).expect("it is text");
    assert_eq!(method.wait(child).expect("it was started"), Exit::SUCCESS);
    let view =
        serde_json::from_str::<serde_json::Value>(&line).expect("it is JSON")["Child"].take();
    serde_json::from_value(view).expect("it is a child's view")
}

checks::within_a_minute! {
    #[test]
    fn the_next_child_of_a_zygote_does_not_find_what_one_appended_to_its_list() {
        let mut server = ForkServer::new(program(), &[1, 2]).expect("the binary was built");
        for _ in 0..2 {
            let seen = seen_by_child(&mut server, Vec::new());
            assert_eq!((seen.found, seen.list), (vec![1, 2], vec![1, 2, 5]));
            assert_eq!(seen.parent, std::process::id());
        }
    }

    #[test]
    fn a_list_too_long_for_an_argument_arrives_over_a_socket() {
        let long: Vec<_> = (4_000_000_000..4_000_100_000).collect();
        assert_eq!(in_an_argument(program(), vec![1]).expect("it is short"), Exit::SUCCESS);
        let seen = seen_by_child(&mut server(), long.clone());
        assert_eq!(seen.handed, [long, vec![5]].concat());
    }

    #[test]
    fn a_forked_child_that_panics_ends_there_and_does_not_go_on_as_its_parent() {
        let mut server = server();
        let sibling = server.start(&Job::Wait, Streams::own()).expect("it forks");
        for _ in 0..3 {
            let (_complaints, nobody) = io::pipe().expect("there is room for a pipe");
            let streams = Streams { err: nobody.as_fd(), ..Streams::own() };
            let child = server.start(&Job::Panic, streams).expect("it forks");
            assert_eq!(server.wait(child).expect("it was started"), Exit::Code(101));
        }
        assert!(!has_ended(sibling), "the group was not ended by a copy of the zygote");
    }

    #[test]
    fn a_child_is_waited_for_once_and_one_that_was_never_started_not_at_all() {
        for method in [&mut Spawn::new(program()) as &mut dyn StartMethod, &mut server()] {
            let child = method.start(&Job::Exit(259), Streams::own()).expect("it can be started");
            assert_eq!(method.wait(child).expect("it was started"), Exit::Code(3));
            for none in [1, child] {
                assert_eq!(method.wait(none).expect_err("it is gone").kind(), io::ErrorKind::NotFound);
            }
        }
    }

    #[test]
    fn all_children_of_a_fork_server_end_with_it_and_are_reaped() {
        let mut server = server();
        let mut start = || server.start(&Job::Wait, Streams::own()).expect("it forks");
        let mut all: Vec<_> = (0..64).map(|_| start()).collect();
        assert!(!all.iter().any(|&child| has_ended(child)), "they wait");
        all.push(server.zygote());
        drop(server);
        for child in all {
            assert!(!Path::new(&format!("/proc/{child}")).exists(), "it is not even a zombie");
        }
    }

    #[test]
    fn a_zygote_that_is_killed_is_an_error_for_a_start_and_its_children_go_on() {
        let mut server = server();
        let [child, other] = [(); 2].map(|()| {
            server.start(&Job::Wait, Streams::own()).expect("it forks")
        });
        send("-KILL", server.zygote());
        assert!(server.start(&Job::Exit(0), Streams::own()).is_err());
        assert!(!has_ended(child) && !has_ended(other));
        send("-TERM", child);
        assert_eq!(server.wait(child).expect("it is ours"), Exit::Signal(15));
        drop(server);
        assert!(has_ended(other));
    }

    #[test]
    fn children_go_on_when_the_thread_ends_that_has_made_their_server() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let made = thread::spawn(|| {
            let mut server = server();
            let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
            (server, child, std::fs::read_link("/proc/thread-self").expect("it is a thread"))
        });
        let (mut server, child, task) = made.join().expect("it has started a child");
        let task = Path::new("/proc").join(task);
        // A signal at the end of that thread would have been sent by then.
        eventually("the end of the thread", || !task.exists());
        assert!(!has_ended(child));
        send("-TERM", child);
        assert_eq!(server.wait(child).expect("it is ours"), Exit::Signal(15));
        let child = server.start(&Job::Exit(3), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it is ours"), Exit::Code(3));
    }

    #[test]
    fn a_zygote_that_is_interrupted_by_a_signal_goes_on() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let mut server = server();
        let zygote = server.zygote();
        let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), Exit::SUCCESS);
        assert!(handles_faults(zygote));
        let state = || process(zygote).expect("it is ours").map(|seen| seen.state);
        eventually("a zygote that sleeps", || state() == Some('S'));
        // std has a handler for this one. It finds no fault, and takes itself off.
        send("-SEGV", zygote);
        eventually("a handler that has run", || !handles_faults(zygote));
        let child = server.start(&Job::Exit(3), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), Exit::Code(3));
    }

    #[test]
    fn a_spawned_child_that_is_not_waited_for_ends_with_its_start_method() {
        let mut spawn = Spawn::new(program());
        let child = spawn.start(&Job::Wait, Streams::own()).expect("the binary was built");
        drop(spawn);
        assert!(has_ended(child));
    }

    #[test]
    fn a_zygote_and_its_children_close_the_files_that_they_do_not_need() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let open = |process: u32| {
            let files = std::fs::read_dir(format!("/proc/{process}/fd")).expect("it is ours");
            let links = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
            links.map(|link| link.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        let mut server = server();
        let waiting = server.start(&Job::Wait, Streams::own()).expect("it forks");
        let before = open(server.zygote()).len();
        for _ in 0..20 {
            let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
            server.wait(child).expect("it was started");
        }
        assert_eq!(open(server.zygote()).len(), before);
        let second = server.start(&Job::Wait, Streams::own()).expect("it forks");
        // It has it until it is at its job.
        let left = |child| open(child).iter().filter(|link| link.starts_with("socket")).count();
        let both = || [waiting, second].map(left) == [0, 0];
        eventually("children that have closed their zygote's socket", both);
    }

    #[test]
    fn a_stopwatch_takes_the_time_of_each_method_and_refuses_what_is_none() {
        let mut ours = Stopwatch::ours(program(), 1, DEADLINE).expect("the binary was built");
        let limits = ["bare-fork", "asked-fork", "sibling-fork", "bare-server", "ahead-fork"];
        for method in limits.into_iter().chain(Method::ALL.map(Method::name)) {
            assert!(!ours.median(method, 3).expect("it can be started").is_zero(), "{method}");
        }
        let error = ours.time("teleport", 1).expect_err("there is no such method");
        assert!(error.to_string().contains("teleport"), "{error}");
    }
}

/// Returns whether a process has a handler for signal 11.
fn handles_faults(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it is ours");
    let caught =
        status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("every process has it");
    u64::from_str_radix(caught.trim(), 16).expect("it is a mask") & 1 << 10 != 0
}

fn send(signal: &str, pid: u32) {
    let sent = std::process::Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(sent.expect("there is a kill").success());
}

#[test]
fn a_process_with_other_threads_is_refused_a_fork() {
    let (end, wait) = std::sync::mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || wait.recv());
        let mut fork = Fork::new().expect("there is a /dev/null");
        let error = fork.start(&Job::Exit(0), Streams::own()).expect_err("there is another thread");
        if cfg!(target_os = "linux") {
            assert!(error.to_string().contains("other threads"), "{error}");
        }
        drop(end);
    });
}

#[test]
fn a_stopwatch_that_is_dropped_takes_its_zygote_with_it() {
    if !cfg!(target_os = "linux") {
        // Without /proc, its children cannot be seen from outside.
        return;
    }
    let mut ours = Stopwatch::ours(program(), 0, DEADLINE).expect("the binary was built");
    ours.time("fork-server", 1).expect("it can be started");
    let zygotes = children_of(ours.id());
    assert_eq!(zygotes.len(), 1);
    drop(ours);
    eventually("the zygote's end", || zygotes.iter().all(|&zygote| has_ended(zygote)));
}

#[test]
fn pythons_stopwatch_takes_the_time_of_its_three_methods() {
    let started = Stopwatch::python(kit::python::command(), 1, DEADLINE);
    let Some(mut watch) = started.expect("it can be started") else {
        eprintln!("there is no python3: nothing is asked of it");
        return;
    };
    for method in Method::ALL.map(Method::name) {
        assert!(!watch.time(method, 1).expect("it has it").is_zero(), "{method}");
    }
    assert!(watch.time("teleport", 1).is_err());
}
