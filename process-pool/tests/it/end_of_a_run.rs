//! Whatever the end of a pool, none of its workers is left behind, and every task has come to an
//! end.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;

use process_pool::Error;
use process_pool::job::{Death, Job};

use crate::{builder, pool, program};

fn are_gone(pids: &[u32]) {
    assert!(!pids.is_empty());
    for pid in pids {
        assert!(!Path::new("/proc").join(pid.to_string()).exists(), "{pid} is not even a zombie");
    }
}

checks::within_a_minute! {
    #[test]
    fn a_pool_that_is_dropped_does_what_was_submitted_and_reaps_its_workers() {
        let pool = pool(2);
        let pids = pool.pids();
        let handles = pool.submit_all((0..1000).map(Job::Echo));
        drop(pool);
        assert!(handles.into_iter().all(|mut handle| matches!(handle.try_wait(), Some(Ok(_)))));
        are_gone(&pids);
    }

    #[test]
    fn a_pool_that_was_given_nothing_to_do_ends_as_well() {
        pool(4).shutdown();
        pool(4).shutdown_now();
        pool(4).terminate();
    }

    #[test]
    fn a_shutdown_now_waits_for_what_runs_and_ends_the_rest_unrun() {
        let pool = pool(1);
        let runs = pool.submit(Job::Spin(100_000, 7));
        let waits = pool.submit_all((0..1000).map(|_| Job::Add(1)));
        pool.shutdown_now();
        // Whether the first was sent to the worker by then is not for us to say.
        assert!(matches!(runs.wait(), Ok(_) | Err(Error::Closed)));
        assert!(waits.into_iter().map(|handle| handle.wait()).filter(|outcome| matches!(outcome, Err(Error::Closed))).count() > 900);
    }

    #[test]
    fn a_pool_that_is_terminated_kills_what_runs() {
        let pool = builder(1).build().expect("the binary was built");
        let pids = pool.pids();
        let hangs = pool.submit(Job::DieAtFirst(Death::Hang, 1));
        let waits = pool.submit(Job::Echo(1));
        while pool.counter().load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        pool.terminate();
        assert!(matches!(hangs.wait(), Err(Error::Closed)));
        assert!(matches!(waits.wait(), Err(Error::Closed)));
        are_gone(&pids);
    }

    #[test]
    fn a_pool_that_is_terminated_does_not_wait_for_an_initializer() {
        let pool = builder(1).initializer(&Job::Add(1)).build().expect("the binary was built");
        // Nobody gives it back: the next worker's initializer never ends.
        std::mem::forget(pool.lock());
        assert!(pool.submit(Job::Die(Death::Kill)).wait().is_err());
        pool.terminate();
    }

    #[test]
    fn a_callback_may_end_the_pool() {
        let (sender, ended) = mpsc::channel();
        let pool = pool(1);
        let task = pool.submit(Job::Echo(1));
        task.on_done(move |_| {
            drop(pool);
            let _ = sender.send(());
        });
        assert!(ended.recv().is_ok());
    }

    #[test]
    fn a_lesson_that_is_killed_takes_its_workers_with_it() {
        for _ in 0..10 {
            let mut command = Command::new(program());
            let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut lesson = command.spawn().expect("the binary was built");
            let (out, mut err) = (lesson.stdout.take(), lesson.stderr.take().expect("it is piped"));
            // Its heading is out: its workers come, or are there.
            let mut heading = String::new();
            BufReader::new(out.expect("it is piped")).read_line(&mut heading).expect("it says something");
            lesson.kill().expect("it is ours");
            lesson.wait().expect("it was started");
            // Their standard error is the lesson's: it ends when the last of them has.
            err.read_to_string(&mut String::new()).expect("it can be read");
        }
    }
}
