//! The robust lock and the identity of processes: a killed owner, a reused PID.

use std::panic::{AssertUnwindSafe, catch_unwind};

use process_sharing::owner_died::{Accounts, kill_in_the_middle};
use process_sharing::shared_memory::{ProcessId, PthreadMutex, Shared};

use crate::program;

checks::within_a_minute! {
    #[test]
    fn an_owner_that_leaves_the_data_unrepaired_leaves_the_next_one_to_be_told() {
        let shared = Shared::<Accounts>::new().expect("there is memory");
        let pid = kill_in_the_middle(program(), "robust", &shared).expect("it takes the lock");
        let told = shared.lock().expect_err("one died with it");
        assert_eq!(told.pid(), Some(pid));
        drop(told);
        let told = shared.lock().expect_err("no owner has repaired it");
        assert_eq!(told.pid(), None);
        *told.repair(|accounts| accounts[1] = 5) = [1, 2];
        assert_eq!(*shared.lock().expect("it was repaired"), [1, 2]);
    }
}

#[test]
fn a_process_is_told_from_another_that_was_given_its_pid() {
    let me = ProcessId::me();
    assert_eq!(me, ProcessId::of(std::process::id()));
    assert!(me.is_alive());
    // The same PID, started at another time: by now, that process is dead.
    #[cfg(target_os = "linux")]
    assert!(!me.earlier().is_alive());
}

#[test]
fn a_process_that_was_killed_is_dead_before_it_is_reaped() {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("there is one");
    let id = ProcessId::of(child.id());
    assert!(id.is_alive());
    child.kill().expect("it is ours");
    // The kernel says when it has ended, and leaves it to be reaped.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(Pid::from_child(&child)), options).expect("it is ours");
        assert!(!id.is_alive());
    }
    child.wait().expect("it is ours");
    assert!(!id.is_alive());
}

#[test]
fn a_pthread_mutex_is_made_once_and_used_after_that() {
    let mutex = Shared::<PthreadMutex>::new().expect("there is memory");
    assert!(catch_unwind(AssertUnwindSafe(|| mutex.with(None, |_| ()))).is_err());
    mutex.make(true).expect("the system has them");
    assert!(mutex.make(true).is_err());
    assert!(!mutex.with(None, |told| told).expect("it is free"));
}
