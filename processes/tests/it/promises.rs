//! What every public type of the crate that owns a process promises.
//!
//! None of them has a lock, and std has no counterpart with a `const fn new`: these two promises do
//! not apply.

use std::io;
use std::process::Command;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use processes::child::{DEADLINE, Guarded, Reading};
use processes::fork_with_threads::{lock_first, lock_held};
use processes::house::House;
use processes::role::Role;
use processes::signals::stop;
use processes::spawn_and_wait::Ended;
use processes::start::{Fork, ForkServer, Forked, Job, Spawn, StartMethod, Stopwatch, Streams};
use processes::worker::Worker;

use crate::other_side::stop as freeze;
use crate::program;

const WELL: Ended = Ended::Exited(0);

fn waiting(deadline: Duration) -> Guarded {
    Guarded::start(program(), Role::Wait, deadline).expect("the binary was built")
}

#[test]
fn whoever_owns_a_process_can_be_sent_to_another_thread() {
    fn sent<T: Send>() {}
    fn shared<T: Sync>() {}
    sent::<(Guarded, Reading, House, Worker)>();
    sent::<(Fork, Forked, Spawn, ForkServer, Stopwatch)>();
    // A reading is a receiver, which is for one thread at a time; what holds one is no wider.
    shared::<(Guarded, Fork, Forked, Spawn, ForkServer)>();
}

checks::within_a_minute! {
    #[test]
    fn time_without_an_end_is_no_limit_and_no_overflow() {
        let mut child = waiting(Duration::MAX);
        assert_eq!(child.out().line().expect("it says so at once").as_deref(), Some("ready"));
        child.hang_up();
        let ended = child.wait_for(Duration::MAX).expect("it is ours");
        assert_eq!(ended.map(Ended::from), Some(WELL));
        assert_eq!(stop(&mut child, Duration::MAX).expect("it has ended"), (WELL, false));
        assert_eq!(stop(&mut waiting(DEADLINE), Duration::MAX).expect("it ends"), (Ended::Signalled(15), false));
        assert_eq!(lock_first(Duration::MAX).expect("it can fork").ended, Some(WELL));
        let spawn = Spawn::new(program()).within(Duration::MAX);
        let server = ForkServer::new(program(), &[]).and_then(|server| server.within(Duration::MAX));
        for method in [&mut { spawn } as &mut dyn StartMethod, &mut server.expect("the binary was built")] {
            let child = method.start(&Job::Exit(0), Streams::own()).expect("it can be started");
            assert_eq!(method.wait(child).expect("it was started"), WELL);
        }
        Stopwatch::ours(program(), 0, Duration::MAX).and_then(|mut watch| watch.time("spawn", 1)).expect("it answers");
    }

    #[test]
    fn no_time_at_all_is_a_look_and_no_wait() {
        let mut child = waiting(Duration::ZERO);
        assert_eq!(child.wait_for(Duration::ZERO).expect("it is ours"), None);
        assert_eq!(child.err().line().expect_err("it says nothing").kind(), io::ErrorKind::TimedOut);
        assert_eq!(lock_held(Duration::ZERO).expect("it can fork").ended, None);
        let mut spawn = Spawn::new(program()).within(Duration::ZERO);
        let child = spawn.start(&Job::Wait, Streams::own()).expect("there is room in the pipe");
        assert_eq!(spawn.wait(child).expect_err("it waits").kind(), io::ErrorKind::TimedOut);
        assert!(!std::path::Path::new(&format!("/proc/{child}")).exists(), "it was killed and reaped");
    }

    #[test]
    fn a_wait_for_a_child_that_is_stopped_ends_and_kills_it() {
        let mut spawn = Spawn::new(program()).within(Duration::from_millis(200));
        let child = spawn.start(&Job::Wait, Streams::own()).expect("it can be started");
        freeze(child);
        assert_eq!(spawn.wait(child).expect_err("it is stopped").kind(), io::ErrorKind::TimedOut);
        assert!(!std::path::Path::new(&format!("/proc/{child}")).exists(), "it was killed and reaped");
    }

    #[test]
    fn a_template_that_is_stopped_is_an_error_for_whoever_asks_it() {
        let server = ForkServer::new(program(), &[]).and_then(|server| server.within(Duration::from_millis(500)));
        let mut server = server.expect("the binary was built");
        let child = server.start(&Job::Wait, Streams::own()).expect("it forks");
        freeze(server.template());
        assert_eq!(server.wait(child).expect_err("nobody reports").kind(), io::ErrorKind::TimedOut);
        let error = server.start(&Job::Exit(0), Streams::own()).expect_err("nobody answers");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(server.wait(child).expect_err("it was killed").kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_line_for_a_child_that_reads_nothing_is_an_error_at_its_deadline() {
        let mut sleeper = Command::new("sleep");
        let mut sleeper = Guarded::run(sleeper.arg("3600"), Duration::from_millis(200)).expect("there is a sleep");
        let error = sleeper.tell(&"x".repeat(1 << 20)).expect_err("a pipe has less room");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn what_owns_a_process_can_be_shown_while_that_is_stopped() {
        let child = waiting(DEADLINE);
        freeze(child.id());
        assert!(format!("{child:?}").contains("Guarded"));
        let server = ForkServer::new(program(), &[]).expect("the binary was built");
        freeze(server.template());
        assert!(format!("{server:?}").contains("ForkServer"));
    }

    #[test]
    fn what_owns_a_process_is_usable_while_thread_locals_are_destroyed() {
        let ended = while_thread_locals_are_destroyed(
            || tracing::info!("the thread-locals that a lesson uses are there"),
            || -> io::Result<()> {
                let mut child = waiting(DEADLINE);
                assert_eq!(child.out().line()?.as_deref(), Some("ready"));
                child.hang_up();
                assert_eq!(Ended::from(child.wait()?), WELL);
                for method in [&mut Spawn::new(program()) as &mut dyn StartMethod, &mut ForkServer::new(program(), &[])?] {
                    let child = method.start(&Job::Exit(3), Streams::own())?;
                    assert_eq!(method.wait(child)?, Ended::Exited(3));
                }
                let mut worker = Worker::start(program(), 1)?;
                worker.add(2);
                assert_eq!(worker.ask()?, Ok(3));
                assert_eq!(lock_first(DEADLINE)?.ended, Some(WELL));
                Stopwatch::ours(program(), 0, DEADLINE)?.time("spawn", 1)?;
                let mut house = House::start(program(), "exit:0")?;
                assert_eq!(house.hear("reaped")?.split(' ').nth(1), Some("0"));
                Ok(())
            },
        );
        ended.expect("it does not panic").expect("it can be started");
    }
}
