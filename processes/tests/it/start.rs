//! The three start methods: what a child has of its parent's memory, and how it ends.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::thread;

use processes::child::DEADLINE;
use processes::proc::look;
use processes::spawn_and_wait::Ended;
use processes::start::{
    Fork, ForkServer, Job, MOST, Method, Seen, Spawn, StartMethod, Stopwatch, Streams, Views,
    in_an_argument, lines_written, over_a_pipe, views,
};

use crate::end_of_a_run::{children_of, has_ended};
use crate::{eventually, program};

const WELL: Ended = Ended::Exited(0);

fn seen(method: Method, hands_over: bool) -> Views {
    views(program(), method, hands_over).expect("it can be started")
}

fn server() -> ForkServer {
    ForkServer::new(program(), &[]).expect("the binary was built")
}

#[test]
fn whatever_the_start_method_the_parents_list_stays_as_it_was() {
    for method in Method::ALL {
        for hands_over in [true, false] {
            let Views { child, ended, process, list } = seen(method, hands_over);
            assert_eq!((list, ended), (vec![20, 30, 10], WELL), "{method:?}");
            assert_ne!(child.process, process);
        }
    }
}

#[test]
fn a_forked_child_finds_its_parents_list_and_appends_to_a_copy() {
    let Views { child, process, .. } = seen(Method::Fork, false);
    assert_eq!((child.found, child.list), (vec![20, 30, 10], vec![20, 30, 10, 5]));
    assert_eq!(child.parent, process);
}

#[test]
fn a_spawned_child_has_nothing_but_what_it_was_handed() {
    let Views { child, process, .. } = seen(Method::Spawn, true);
    assert_eq!((child.found, child.list, child.handed), (vec![], vec![5], vec![20, 30, 10, 5]));
    assert_eq!(child.parent, process);
    assert_eq!(seen(Method::Spawn, false).child.handed, [5]);
}

#[test]
fn a_templates_child_finds_what_the_template_had_loaded_and_nothing_that_came_later() {
    let Views { child, process, .. } = seen(Method::ForkServer, true);
    assert_eq!((child.found, child.handed), (vec![20, 30], vec![20, 30, 10, 5]));
    assert_ne!(child.parent, process, "its parent is the template");
}

/// Hands a list to a child, and returns what it says.
fn said(method: &mut dyn StartMethod, handed: Vec<u32>) -> Seen {
    let (mut from_child, to_parent) = io::pipe().expect("there is room for a pipe");
    let streams = Streams { out: to_parent.as_fd(), ..Streams::own() };
    let child = method.start(&Job::Append { handed }, streams).expect("it can be started");
    drop(to_parent);
    let mut line = String::new();
    from_child.read_to_string(&mut line).expect("it is text");
    assert_eq!(method.wait(child).expect("it was started"), WELL);
    let seen =
        serde_json::from_str::<serde_json::Value>(&line).expect("it is JSON")["Child"].take();
    serde_json::from_value(seen).expect("it is what a child has seen")
}

checks::within_a_minute! {
    #[test]
    fn what_one_child_of_a_template_does_to_its_list_the_next_one_does_not_find() {
        let mut server = ForkServer::new(program(), &[1, 2]).expect("the binary was built");
        for _ in 0..2 {
            let seen = said(&mut server, Vec::new());
            assert_eq!((seen.found, seen.list), (vec![1, 2], vec![1, 2, 5]));
            assert_eq!(seen.parent, server.template());
        }
    }

    #[test]
    fn a_list_too_long_for_an_argument_arrives_over_a_pipe_and_over_a_socket() {
        let long: Vec<_> = (100_000..300_000).collect();
        let error = in_an_argument(program(), long.clone()).expect_err("it is too long");
        assert_eq!(error.kind(), io::ErrorKind::ArgumentListTooLong);
        assert_eq!(in_an_argument(program(), vec![1]).expect("it is short"), WELL);
        let by_socket = said(&mut server(), long.clone());
        let by_pipe = over_a_pipe(program(), long.clone()).expect("it can be started");
        for seen in [by_pipe, by_socket] {
            assert_eq!(seen.handed.len(), long.len() + 1);
            assert_eq!(seen.handed[..long.len()], long);
        }
    }

    #[test]
    fn a_template_reports_codes_and_signals_in_whatever_order_it_is_asked() {
        let mut server = server();
        let jobs = [(Job::Exit(3), Ended::Exited(3)), (Job::Kill, Ended::Signalled(9)), (Job::Exit(259), Ended::Exited(3))];
        let started = jobs.map(|(job, ended)| (server.start(&job, Streams::own()).expect("it forks"), ended));
        for (child, ended) in started.into_iter().rev() {
            assert_eq!(server.wait(child).expect("it was started"), ended);
            assert!(server.wait(child).is_err(), "it is waited for once");
        }
    }

    #[test]
    fn a_forked_child_that_panics_ends_there_and_does_not_go_on_as_its_parent() {
        let mut server = server();
        let sibling = server.start(&Job::Wait, Streams::own()).expect("it forks");
        for _ in 0..3 {
            let (_complaints, nobody) = io::pipe().expect("there is room for a pipe");
            let streams = Streams { err: nobody.as_fd(), ..Streams::own() };
            let child = server.start(&Job::Panic, streams).expect("it forks");
            assert_eq!(server.wait(child).expect("it was started"), Ended::Exited(101));
        }
        assert!(!has_ended(sibling), "its guard was not dropped by a copy of the template");
    }

    #[test]
    fn a_child_that_was_never_started_is_not_waited_for() {
        for method in [&mut Spawn::new(program()) as &mut dyn StartMethod, &mut server()] {
            assert_eq!(method.wait(1).expect_err("it is not ours").kind(), io::ErrorKind::NotFound);
        }
    }

    #[test]
    fn more_children_than_a_template_may_have_are_refused_and_all_end_with_their_server() {
        let mut server = server();
        let mut all: Vec<_> =
            (0..MOST).map(|_| server.start(&Job::Wait, Streams::own()).expect("there is room")).collect();
        let error = server.start(&Job::Wait, Streams::own()).expect_err("there is none");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(!all.iter().any(|&child| has_ended(child)), "they wait");
        all.push(server.template());
        drop(server);
        for child in all {
            assert!(!Path::new(&format!("/proc/{child}")).exists(), "it is not even a zombie");
        }
    }

    #[test]
    fn a_template_that_is_killed_is_an_error_for_whoever_waits_and_takes_its_children_with_it() {
        let mut server = server();
        let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
        send("-KILL", server.template());
        assert_eq!(server.wait(child).expect_err("nobody reports").kind(), io::ErrorKind::BrokenPipe);
        assert!(server.start(&Job::Exit(0), Streams::own()).is_err());
        if cfg!(target_os = "linux") {
            eventually("the end of the child", || has_ended(child));
        }
    }

    #[test]
    fn a_template_that_is_interrupted_by_a_signal_goes_on() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let mut server = server();
        let template = server.template();
        let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), WELL);
        assert!(handles_faults(template));
        eventually("a template that sleeps", || look(template).expect("it is ours").is_some_and(|seen| seen.state == 'S'));
        // std has a handler for this one. It finds no fault, and takes itself off.
        send("-SEGV", template);
        eventually("a handler that has run", || !handles_faults(template));
        let child = server.start(&Job::Exit(3), Streams::own()).expect("it forks");
        assert_eq!(server.wait(child).expect("it was started"), Ended::Exited(3));
    }

    #[test]
    fn a_spawned_child_that_nobody_waits_for_ends_with_its_starter() {
        let mut spawn = Spawn::new(program());
        let child = spawn.start(&Job::Wait, Streams::own()).expect("the binary was built");
        drop(spawn);
        assert!(has_ended(child));
    }

    #[test]
    fn a_template_and_its_children_keep_no_files_that_they_do_not_need() {
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
        let before = open(server.template()).len();
        for _ in 0..20 {
            let child = server.start(&Job::Exit(0), Streams::own()).expect("it forks");
            server.wait(child).expect("it was started");
        }
        assert_eq!(open(server.template()).len(), before);
        let second = server.start(&Job::Wait, Streams::own()).expect("it forks");
        // It has them until it is at its job.
        let sockets_and_siblings = |process| open(process).iter().filter(|link| link.starts_with("socket") || link.contains("pidfd")).count();
        eventually("children with nothing of their template's", || [waiting, second].map(sockets_and_siblings) == [0, 0]);
    }

    #[test]
    fn a_stopwatch_takes_the_time_of_each_method_and_refuses_what_is_none() {
        let mut ours = Stopwatch::ours(program(), 1, DEADLINE).expect("the binary was built");
        for method in ["bare-fork"].into_iter().chain(Method::ALL.map(Method::name)) {
            assert!(!ours.median(method, 3).expect("it can be started").is_zero(), "{method}");
        }
        let error = ours.time("teleport", 1).expect_err("there is no such method");
        assert!(error.to_string().contains("teleport"), "{error}");
    }
}

/// Tells whether a process has a handler for signal 11.
fn handles_faults(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it is ours");
    let caught = status
        .lines()
        .find_map(|line| line.strip_prefix("SigCgt:"))
        .expect("every process says so");
    u64::from_str_radix(caught.trim(), 16).expect("it is a mask") & 1 << 10 != 0
}

fn send(signal: &str, process: u32) {
    let sent = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
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
fn a_forked_child_that_returns_writes_its_parents_buffer_out_again() {
    assert_eq!(lines_written(program(), "returns").expect("it can be started"), [2, 2]);
}

#[test]
fn a_forked_child_that_calls_exit_runs_what_its_parent_has_registered_for_its_end() {
    assert_eq!(lines_written(program(), "exit").expect("it can be started"), [1, 2]);
}

#[test]
fn a_forked_child_that_ends_at_once_runs_nothing_of_its_parents() {
    assert_eq!(lines_written(program(), "at-once").expect("it can be started"), [1, 1]);
}

#[test]
fn who_takes_the_time_is_killed_and_takes_its_template_with_it() {
    if !cfg!(target_os = "linux") {
        // Without /proc there is nothing to look at from outside.
        return;
    }
    let mut ours = Stopwatch::ours(program(), 0, DEADLINE).expect("the binary was built");
    ours.time("fork-server", 1).expect("it can be started");
    let templates = children_of(ours.id());
    assert_eq!(templates.len(), 1);
    // It is killed as it is dropped.
    drop(ours);
    eventually("the template's end", || templates.iter().all(|&template| has_ended(template)));
}
