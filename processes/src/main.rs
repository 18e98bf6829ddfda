//! The command line of the topic `processes`: a subcommand for each lesson.

use std::process::ExitCode;

use processes::{
    copy_on_write, cpus, daemon, daemonize, fork_count, inherited_files, isolation, limits, names,
    orphan, pipeline, signals, spawn_and_wait, start, subreaper, threads, worker, zombie,
};

mod lessons;

const ABOUT: &str = "What a process has that a thread has not, and how it is started. Without a \
    lesson: the tour of all of them. The children are this program once more; each has a deadline, \
    and none is left behind.";

fn main() -> ExitCode {
    let children = [
        spawn_and_wait::CHILDREN,
        start::CHILDREN,
        &[fork_count::CHILD],
        &[copy_on_write::CHILD],
        inherited_files::CHILDREN,
        &[subreaper::CHILD],
        &[orphan::CHILD],
        daemon::CHILDREN,
        &[daemonize::CHILD],
        &[isolation::CHILD],
        &[limits::CHILD],
        pipeline::CHILDREN,
        &[signals::CHILD],
        zombie::CHILDREN,
        cpus::CHILDREN,
        names::CHILDREN,
        &[threads::CHILD],
        &[worker::CHILD],
    ];
    kit::child::enter(&children.concat());
    let lessons = [
        lessons::spawn_and_wait::lesson(),
        lessons::daemon::lesson(),
        lessons::daemonize::lesson(),
        lessons::names::lesson(),
        lessons::threads::lesson(),
        lessons::worker::lesson(),
        lessons::cpus::lesson(),
        lessons::fork::lesson(),
        lessons::fork_count::lesson(),
        lessons::spawn::lesson(),
        lessons::fork_server::lesson(),
        lessons::fork_with_threads::lesson(),
        lessons::copy_on_write::lesson(),
        lessons::inherited_files::lesson(),
        lessons::zombie::lesson(),
        lessons::orphan::lesson(),
        lessons::signals::lesson(),
        lessons::isolation::lesson(),
        lessons::pipeline::lesson(),
        lessons::limits::lesson(),
    ];
    stage::main(env!("CARGO_PKG_NAME"), ABOUT, lessons)
}
