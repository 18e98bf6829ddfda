//! The code to try: written once, compiled for real threads and for the model checker.
//!
//! It takes its locks, atomics and threads from `super`, which is what makes it two.

use super::sync::Arc;
use super::sync::atomic::{AtomicI64, Ordering::SeqCst};
use super::thread;

/// Withdraws 80 from 100 on each of two threads, if there is enough; returns what is left. The
/// check and the withdrawal are two steps, between which `pause` runs.
pub(crate) fn check_then_act(pause: impl Fn() + Clone + Send + 'static) -> i64 {
    both(move |account| {
        let balance = account.load(SeqCst);
        if balance >= 80 {
            pause();
            account.fetch_sub(80, SeqCst);
        }
    })
}

/// The same, with the check and the withdrawal in one step.
pub(crate) fn in_one_step() -> i64 {
    both(|account| {
        // It is an error for the one that finds too little.
        let _ =
            account.fetch_update(SeqCst, SeqCst, |balance| (balance >= 80).then(|| balance - 80));
    })
}

fn both(withdraw: impl Fn(&AtomicI64) + Clone + Send + 'static) -> i64 {
    let account = Arc::new(AtomicI64::new(100));
    let threads = ["t1", "t2"].map(|name| {
        let (account, withdraw) = (Arc::clone(&account), withdraw.clone());
        let body = move || withdraw(&account);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(body)
            .expect("there is room for a thread")
    });
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
    account.load(SeqCst)
}
