//! The lock between processes: a thousand add, and some are killed with it.

use std::os::fd::{AsFd, AsRawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use process_sharing::child::{DEADLINE, start};
use process_sharing::memory::Shared;
use process_sharing::memory_role::MemoryRole;
use process_sharing::owner_died::{self, ALL, AMOUNT, Lock};
use process_sharing::process_lock::{CHILDREN, FORKED, How, run};
use process_sharing::pthread::PthreadMutex;
use process_sharing::real::owner::Owner;
use process_sharing::robust_mutex::RobustMutex;
use process_sharing::role::Role;
use process_sharing::{killed_often, messages};

use crate::program;

const THOUSAND: u64 = (CHILDREN * FORKED) as u64;

checks::within_a_minute! {
    #[test]
    fn of_a_thousand_processes_that_add_without_a_lock_some_are_lost() {
        let sum = run(program(), How::Unlocked).expect("they run");
        assert!((1..THOUSAND).contains(&sum), "{sum}");
    }

    #[test]
    fn of_a_thousand_processes_that_add_with_a_lock_or_in_one_step_none_is_lost() {
        for how in [How::Locked, How::Pthread, How::FetchAdded] {
            assert_eq!(run(program(), how).expect("they run"), THOUSAND, "{how}");
        }
    }

    #[test]
    fn the_next_owner_is_told_who_died_with_the_lock_and_makes_good_what_was_half_done() {
        let outcome = owner_died::robust(program(), true).expect("the child is killed");
        assert_eq!((outcome.told, outcome.of), (true, Some(outcome.killed)));
        assert_eq!(outcome.accounts, Some([ALL - AMOUNT, AMOUNT]));
    }

    #[test]
    fn who_does_not_heed_what_it_is_told_goes_on_with_half_of_a_transfer() {
        let outcome = owner_died::robust(program(), false).expect("the child is killed");
        assert_eq!((outcome.told, outcome.accounts), (true, Some([ALL - AMOUNT, 0])));
    }

    #[test]
    fn the_lock_of_c_libraries_is_taken_for_ever_by_the_dead_unless_it_is_robust() {
        let outcome = owner_died::pthread(program(), false).expect("the child is killed");
        assert_eq!((outcome.told, outcome.accounts), (false, None));
        let outcome = owner_died::pthread(program(), true).expect("the child is killed");
        assert_eq!((outcome.told, outcome.accounts), (true, Some([ALL - AMOUNT, AMOUNT])));
    }

    #[test]
    fn who_leaves_it_unrepaired_leaves_the_next_one_to_be_told() {
        let shared = Shared::<RobustMutex<[i64; 2]>>::new().expect("there is memory");
        let pid = killed_with_the_lock(&shared);
        let told = shared.lock().expect_err("one died with it");
        assert_eq!(told.pid(), Some(pid));
        drop(told);
        let told = shared.lock().expect_err("nobody has repaired it");
        assert_eq!(told.pid(), None);
        *told.repair(|accounts| accounts[1] = 5) = [1, 2];
        assert_eq!(*shared.lock().expect("it was repaired"), [1, 2]);
    }

    #[test]
    fn a_panic_with_the_lock_is_told_like_a_death() {
        let shared = Shared::<RobustMutex<u32>>::new().expect("there is memory");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _inside = shared.lock().expect("nobody has died");
            panic!("with the lock, as it must");
        }));
        assert!(panicked.is_err());
        assert!(shared.lock().is_err());
    }
}

#[test]
fn two_hundred_are_killed_at_any_moment_and_nothing_is_lost_and_nobody_is_stuck() {
    // Two hundred are started one after the other: where the processors are busy, that takes longer
    // than a minute.
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(killed_often::run(program(), 200)));
    let out = ended.recv_timeout(std::time::Duration::from_secs(300)).expect("nobody is stuck");
    let out = out.expect("the one that is not killed comes to its end");
    assert_eq!(out.sums[0], out.sums[1]);
    assert!(out.sums[1] >= out.least, "{out:?}");
    assert!(out.told > 0, "none was killed with the lock: {out:?}");
}

/// Lets a child be killed with the lock.
fn killed_with_the_lock(shared: &Shared<RobustMutex<[i64; 2]>>) -> u32 {
    let role =
        Role::Memory(MemoryRole::Hold { memory: shared.as_fd().as_raw_fd(), lock: Lock::Ours });
    let child = start(program(), role, &[shared.as_fd()], DEADLINE).expect("it starts");
    let pid = child.pid();
    assert!(child.line().expect("it takes the lock").is_some());
    child.kill().expect("it is ours");
    pid
}

#[test]
fn a_process_is_told_from_another_that_was_given_its_number() {
    let me = Owner::me();
    assert_eq!(me, Owner::of(std::process::id()));
    assert!(me.is_alive());
    // The same number, started at another time: by now, that one is dead.
    #[cfg(target_os = "linux")]
    assert!(!me.earlier().is_alive());
}

#[test]
fn a_process_that_was_killed_is_dead_before_it_is_reaped() {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("there is one");
    let owner = Owner::of(child.id());
    assert!(owner.is_alive());
    child.kill().expect("it is ours");
    // The kernel says when it has ended, and leaves it to be reaped.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(Pid::from_child(&child)), options).expect("it is ours");
        assert!(!owner.is_alive());
    }
    child.wait().expect("it is ours");
    assert!(!owner.is_alive());
}

#[test]
fn a_pthread_mutex_is_made_once_and_asked_for_after_that() {
    let mutex = Shared::<PthreadMutex>::new().expect("there is memory");
    assert!(catch_unwind(AssertUnwindSafe(|| mutex.with(None, |_| ()))).is_err());
    mutex.make(true).expect("the system has them");
    assert!(mutex.make(true).is_err());
    assert!(!mutex.with(None, |told| told).expect("it is free"));
}

checks::within_a_minute! {
    #[test]
    fn of_a_writer_that_is_killed_a_pipe_brings_half_a_message_and_the_ring_none() {
        let arrived = messages::through_a_pipe(program()).expect("the child is killed");
        assert_eq!((arrived.whole, arrived.told), (2, false));
        assert!((1..messages::LONG).contains(&arrived.of_another), "{arrived:?}");
        let arrived = messages::through_a_ring(program()).expect("the child is killed");
        assert_eq!((arrived.whole, arrived.of_another, arrived.told), (2, 0, true));
    }

    #[test]
    fn messages_come_back_as_they_were_sent() {
        let out = messages::there_and_back(program(), 2_000).expect("the child sends them back");
        assert_eq!(out.right, 2_000);
    }
}
