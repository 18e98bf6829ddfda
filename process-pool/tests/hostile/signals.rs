//! Signals whose handler is not one of those that let a system call go on.
#![expect(unsafe_code, reason = "a handler of signals is set up by functions of C")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use process_pool::{Builder, Pool};

use crate::job::Job;
use crate::roles::{LARGE, Ran};

/// A worker has to get started in between.
const EVERY: Duration = Duration::from_millis(20);

extern "C" fn interrupted(_: libc::c_int) {}

/// Interrupts each of the pool's threads that have one of these names.
#[cfg(target_os = "linux")]
fn interrupt(names: &[&str]) {
    use std::fs;

    for thread in fs::read_dir("/proc/self/task").expect("there is a /proc").flatten() {
        let name = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
        let number: Option<libc::pid_t> =
            thread.file_name().to_str().and_then(|number| number.parse().ok());
        if let Some(number) = number.filter(|_| names.iter().any(|begin| name.starts_with(begin))) {
            // SAFETY: the system call takes three numbers and touches no memory of ours. A thread
            // that has ended meanwhile is an error, and the handler does nothing.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), number, libc::SIGUSR1) };
        }
    }
}

/// Interrupts one of this process's threads: the system chooses which.
#[cfg(not(target_os = "linux"))]
fn interrupt(_: &[&str]) {
    // SAFETY: kill takes two numbers, and the handler does nothing.
    unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) };
}

pub(crate) fn signals_that_interrupt_the_pools_threads_cost_no_task_and_no_worker() -> Ran {
    // SAFETY: an action of zeros is one (no flags, and so no SA_RESTART; an empty mask); its handler
    // does nothing, so it is async-signal-safe; the pointer to it is valid during the call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = interrupted as extern "C" fn(libc::c_int) as libc::sighandler_t;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
    }
    let pool: Pool<Job> = Builder::new().workers(2).build()?;
    let (over, turns) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(SeqCst) {
                interrupt(&["supervisor", "writer", "watchdog", "waits for"]);
                turns.fetch_add(1, SeqCst);
                thread::sleep(EVERY);
            }
        });
        while turns.load(SeqCst) < 50 {
            let tasks = (0..200).map(|number| match number {
                50 => Job::Length("x".repeat(LARGE)),
                100 => Job::Text(LARGE),
                number => Job::Echo(number),
            });
            for outcome in pool.map(tasks) {
                outcome.expect("its worker lives, whatever is interrupted here");
            }
        }
        over.store(true, SeqCst);
    });
    Ok(())
}
