//! What every public type of the crate that owns a process promises.
//!
//! None of them has a lock, and std has no counterpart with a `const fn new`: these two promises do
//! not apply.

use std::io;
use std::path::Path;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use kit::child::{ChildGuard, DEADLINE};
use processes::exit::Exit;
use processes::fork_with_threads::{lock_first, lock_held};
use processes::signals::stop;
use processes::spawn_and_wait::{EXIT, WAIT};
use processes::start::{Fork, ForkServer, Forked, Job, Spawn, StartMethod, Stopwatch, Streams};
use processes::subreaper::Subreaper;
use processes::worker::Worker;

use crate::other_side::{freeze, kill};
use crate::program;

fn waiting() -> ChildGuard {
    WAIT.start(program(), &[]).expect("the binary was built")
}

fn server(timeout: Duration) -> ForkServer {
    let server = ForkServer::new(program(), &[]).and_then(|server| server.within(timeout));
    server.expect("the binary was built")
}

/// The timeout of a call that cannot come to its end: its processes are stopped before.
const MOMENT: Duration = Duration::from_millis(50);

#[test]
fn an_owner_of_a_process_can_be_sent_to_another_thread() {
    fn sent<T: Send>() {}
    fn shared<T: Sync>() {}
    sent::<(Subreaper, Worker, Fork, Forked, Spawn, ForkServer, Stopwatch)>();
    // What holds a reader of lines is for one thread at a time, as its receiver is.
    shared::<(Fork, Forked, Spawn, ForkServer)>();
}

checks::within_a_minute! {
    #[test]
    fn time_without_an_end_is_no_limit_and_no_overflow() {
        assert_eq!(stop(&mut waiting(), Duration::MAX).expect("it ends"), (Exit::Signal(15), false));
        assert_eq!(lock_first(Duration::MAX).expect("it can fork").0, Some(Exit::SUCCESS));
        let mut spawn = Spawn::new(program()).within(Duration::MAX);
        for method in [&mut spawn as &mut dyn StartMethod, &mut server(Duration::MAX)] {
            let child = method.start(&Job::Exit(0), Streams::own()).expect("it can be started");
            assert_eq!(method.wait(child).expect("it was started"), Exit::SUCCESS);
        }
        let stopwatch = Stopwatch::ours(program(), 0, Duration::MAX);
        stopwatch.and_then(|mut watch| watch.time("spawn", 1)).expect("it answers");
    }

    #[test]
    fn no_time_at_all_is_a_look_and_no_wait() {
        assert_eq!(lock_held(Duration::ZERO).expect("it can fork").0, None);
        let mut spawn = Spawn::new(program()).within(Duration::ZERO);
        let child = spawn.start(&Job::Wait, Streams::own()).expect("there is room in the pipe");
        assert_eq!(spawn.wait(child).expect_err("it waits").kind(), io::ErrorKind::TimedOut);
        assert!(!Path::new(&format!("/proc/{child}")).exists(), "it was killed and reaped");
    }

    #[test]
    fn a_wait_for_a_child_that_is_stopped_ends_and_kills_it() {
        let (mut spawn, mut server) = (Spawn::new(program()), server(DEADLINE));
        let stopped = [&mut spawn as &mut dyn StartMethod, &mut server].map(|method| {
            let child = method.start(&Job::Wait, Streams::own()).expect("it can be started");
            freeze(child);
            child
        });
        let mut spawn = spawn.within(MOMENT);
        let mut server = server.within(MOMENT).expect("a timeout can be set");
        let methods = [&mut spawn as &mut dyn StartMethod, &mut server];
        for (method, child) in methods.into_iter().zip(stopped) {
            let error = method.wait(child).expect_err("it is stopped");
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(!Path::new(&format!("/proc/{child}")).exists(), "it was killed and reaped");
        }
    }

    #[test]
    fn a_zygote_that_is_stopped_is_an_error_for_every_request_and_its_child_is_waited_for() {
        // A long request does not fit into the socket.
        for job in [Job::Exit(0), Job::Append { handed: vec![0; 1 << 18] }] {
            let mut server = server(DEADLINE);
            let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
            freeze(server.zygote());
            let mut server = server.within(MOMENT).expect("a timeout can be set");
            let error = server.start(&job, Streams::own()).expect_err("it does not answer");
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(error.to_string().contains("has not answered"), "{error}");
            let error = server.start(&job, Streams::own()).expect_err("it was killed");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
            kill(child);
            assert_eq!(server.wait(child).expect("it is ours"), Exit::KILLED);
        }
    }

    #[test]
    fn an_owner_can_be_shown_while_its_process_is_stopped() {
        let server = server(DEADLINE);
        freeze(server.zygote());
        assert!(format!("{server:?}").contains("ForkServer"));
    }

    #[test]
    fn an_owner_is_usable_while_thread_locals_are_destroyed() {
        let ended = while_thread_locals_are_destroyed(
            || tracing::info!("the thread-locals that a lesson uses are there"),
            || -> io::Result<()> {
                let mut child = waiting();
                assert_eq!(child.stdout().recv_line()?.as_deref(), Some("ready"));
                child.close_stdin();
                assert_eq!(Exit::from(child.wait()?), Exit::SUCCESS);
                let mut spawn = Spawn::new(program());
                for method in [&mut spawn as &mut dyn StartMethod, &mut server(DEADLINE)] {
                    let child = method.start(&Job::Exit(3), Streams::own())?;
                    assert_eq!(method.wait(child)?, Exit::Code(3));
                }
                let mut worker = Worker::start(program(), 1)?;
                worker.add(2);
                assert_eq!(worker.ask()?, Ok(3));
                assert_eq!(lock_first(DEADLINE)?.0, Some(Exit::SUCCESS));
                Stopwatch::ours(program(), 0, DEADLINE)?.time("spawn", 1)?;
                let mut subreaper = Subreaper::start(program(), &EXIT, &["0"])?;
                assert_eq!(subreaper.recv("reaped")?.split(' ').nth(1), Some("0"));
                Ok(())
            },
        );
        ended.expect("it does not panic").expect("it can be started");
    }
}
