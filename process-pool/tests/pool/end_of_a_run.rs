//! Whatever the end of a pool, none of its workers is left behind, and every task has come to an
//! end.

use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;

use checks::eventually;
use process_pool::{Builder, Error};

use crate::job::{Death, Job};
use crate::{built, fail, pool};

fn are_gone(pids: &[u32]) {
    assert!(!pids.is_empty());
    for pid in pids {
        assert!(!Path::new("/proc").join(pid.to_string()).exists(), "{pid} is not even a zombie");
    }
}

claims! {
    fn a_pool_that_is_dropped_does_what_was_submitted_and_reaps_its_workers() {
        let pool = pool(2);
        let pids = pool.pids();
        let handles = pool.submit_all((0..1000).map(Job::Echo));
        drop(pool);
        assert!(handles.into_iter().all(|mut handle| matches!(handle.try_wait(), Some(Ok(_)))));
        are_gone(&pids);
    }

    fn a_pool_that_was_given_nothing_to_do_ends_as_well() {
        pool(4).shutdown();
        pool(4).shutdown_now();
        pool(4).terminate();
    }

    fn a_pool_that_is_terminated_kills_what_runs() {
        let pool = pool(1);
        let pids = pool.pids();
        let hangs = pool.submit(Job::DieAtFirst(Death::Hang, 1));
        let waits = pool.submit(Job::Echo(1));
        eventually("the task's begin", || pool.counter().load(SeqCst) != 0);
        pool.terminate();
        for handle in [hangs, waits] {
            assert!(matches!(handle.wait(), Err(Error::Closed)));
        }
        are_gone(&pids);
    }

    fn a_pool_that_is_terminated_does_not_wait_for_an_initializer() {
        let pool = built(Builder::new().workers(1).initializer(&Job::Add(1)));
        // The lock is never released: the next worker's initializer never ends.
        std::mem::forget(pool.lock());
        fail(&pool, Job::Die(Death::Kill));
        pool.terminate();
    }

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
}
