//! Locks in shared memory that are held when something goes wrong: a panic, an unwind, no descriptor
//! to spare.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use process_sharing::shared_memory::{PthreadMutex, RobustMutex, Shared};

use crate::{alone, pthread};

/// Panics in the critical section, without a message on standard error.
fn panics_under(mutex: &PthreadMutex) {
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        mutex.with(None, |_| resume_unwind(Box::new("as it must")))
    }));
    assert!(panicked.is_err());
}

checks::within_a_minute! {
    #[test]
    fn a_panic_under_a_pthread_mutex_releases_it_and_the_next_owner_is_told_as_of_a_death() {
        for robust in [true, false] {
            let mutex = pthread(robust);
            panics_under(&mutex);
            panics_under(&mutex);
            for told in [true, false] {
                let next = mutex.with(Some(Duration::from_secs(30)), |told| told);
                assert_eq!(next.expect("it was released"), told, "robust: {robust}");
            }
        }
    }

    #[test]
    fn memory_can_be_unmapped_after_a_panic_under_a_robust_mutex_in_it() {
        if !alone("held::memory_can_be_unmapped_after_a_panic_under_a_robust_mutex_in_it") {
            return;
        }
        // A thread's robust locks are in a list, through the locks themselves: one that is held
        // must not be unmapped.
        let (gone, other) = (pthread(true), pthread(true));
        panics_under(&gone);
        drop(gone);
        assert!(!other.with(None, |told| told).expect("it is free"));
    }

    #[test]
    fn a_lock_that_is_acquired_and_released_whole_while_a_thread_unwinds_tells_of_no_death() {
        struct AddsWhenDropped<'a>(&'a RobustMutex<u32>);
        impl Drop for AddsWhenDropped<'_> {
            fn drop(&mut self) {
                *self.0.lock().expect("no process died with it") += 1;
            }
        }
        let shared = Shared::<RobustMutex<u32>>::new().expect("there is memory");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _adds = AddsWhenDropped(&shared);
            resume_unwind(Box::new("as it must"));
        }));
        assert!(panicked.is_err());
        assert_eq!(*shared.lock().expect("it was released whole"), 1);
    }

    #[test]
    fn a_timeout_beyond_the_clock_is_none_and_one_of_zero_is_over_at_once() {
        let mutex = pthread(true);
        let [half, most] = [u64::MAX / 2, u64::MAX].map(Duration::from_secs);
        for limit in [Duration::ZERO, half, most, Duration::MAX] {
            assert!(!mutex.with(Some(limit), |told| told).expect("it is free"));
        }
        std::thread::scope(|scope| {
            let (held, is_held) = std::sync::mpsc::channel();
            let (release, released) = std::sync::mpsc::channel();
            let mutex = &mutex;
            scope.spawn(move || {
                mutex.with(None, |_| {
                    held.send(()).expect("it is waited for");
                    released.recv().expect("it is told");
                })
            });
            is_held.recv().expect("it takes the lock");
            let over = mutex.with(Some(Duration::ZERO), |told| told).expect_err("it is taken");
            assert_eq!(over.kind(), std::io::ErrorKind::TimedOut);
            let waits = scope.spawn(move || mutex.with(Some(Duration::MAX), |told| told));
            release.send(()).expect("it listens");
            assert!(!waits.join().expect("it does not panic").expect("there is no limit"));
        });
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_dead_process_is_found_dead_without_a_descriptor_to_spare() {
    use process_sharing::shared_memory::ProcessId;
    use rustix::process::{Resource, Rlimit, WaitId, WaitIdOptions, getrlimit, setrlimit, waitid};
    if !alone("held::a_dead_process_is_found_dead_without_a_descriptor_to_spare") {
        return;
    }
    let mut lives = std::process::Command::new("sleep").arg("60").spawn().expect("there is one");
    let mut dies = std::process::Command::new("sleep").arg("60").spawn().expect("there is one");
    let [living, dead] = [&lives, &dies].map(|child| ProcessId::of(child.id()));
    dies.kill().expect("it is ours");
    let pid = rustix::process::Pid::from_child(&dies);
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).expect("it is ours");
    setrlimit(Resource::Nofile, Rlimit { current: Some(0), ..getrlimit(Resource::Nofile) })
        .expect("it is less");
    let not_reaped = dead.is_alive();
    dies.wait().expect("it is ours");
    let found = [living.is_alive(), not_reaped, dead.is_alive()];
    lives.kill().expect("it is ours");
    lives.wait().expect("it is ours");
    assert_eq!(found, [true, false, false]);
}
