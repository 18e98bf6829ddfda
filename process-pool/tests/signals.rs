//! Signals whose handler is not one of those that let a call go on: in a process of its own, whose
//! every thread they interrupt.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "a handler of signals is set up by functions of C")]

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use process_pool::job::Job;
use process_pool::{Builder, Pool};

/// More than a channel takes at once.
const LARGE: usize = 1 << 20;
/// A worker has to get started in between.
const EVERY: Duration = Duration::from_millis(20);

extern "C" fn interrupted(_: libc::c_int) {}

/// Interrupts each of the pool's threads that have one of these names.
fn interrupt(names: &[&str]) {
    for thread in fs::read_dir("/proc/self/task").expect("there is a /proc").flatten() {
        let name = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
        let number: Option<libc::pid_t> =
            thread.file_name().to_str().and_then(|number| number.parse().ok());
        if let Some(number) = number.filter(|_| names.iter().any(|begin| name.starts_with(begin))) {
            // SAFETY: the call takes numbers alone; a thread that has ended meanwhile is an error,
            // and the handler does nothing.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), number, libc::SIGUSR1) };
        }
    }
}

checks::within_a_minute! {
    #[test]
    fn signals_that_interrupt_the_pools_threads_cost_no_task_and_no_worker() {
        // SAFETY: the action is made of zeros, which it may be, and of a handler that does nothing;
        // without SA_RESTART.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = interrupted as extern "C" fn(libc::c_int) as libc::sighandler_t;
            assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
        }
        let builder = Builder::new().workers(2).program(env!("CARGO_BIN_EXE_process-pool"));
        let pool: Pool<Job> = builder.build().expect("the binary was built");
        let over = AtomicBool::new(false);
        let turns = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| while !over.load(SeqCst) {
                interrupt(&["keeper", "writer", "watch", "waits for"]);
                turns.fetch_add(1, SeqCst);
                thread::sleep(EVERY);
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
    }
}
