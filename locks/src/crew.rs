//! Threads with a name, which is their lane, and a body each, over what they share.

use std::panic::resume_unwind;

use super::sync::Arc;
use super::thread;

/// A thread's name, and what it does.
pub type Member<S, R> = (&'static str, Box<dyn FnOnce(&S) -> R + Send>);

/// Makes one of a crew.
pub fn member<S, R>(name: &'static str, body: impl FnOnce(&S) -> R + Send + 'static) -> Member<S, R> {
    (name, Box::new(body))
}

/// Runs all at once, each on a thread of its own, and waits for all; returns what they returned.
///
/// # Panics
/// If the system has no room for another thread; or as one of them does.
pub fn crew<S, R>(shared: &Arc<S>, members: impl IntoIterator<Item = Member<S, R>>) -> Vec<R>
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    let start = |(name, body): Member<S, R>| {
        let shared = Arc::clone(shared);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || body(&shared));
        thread.expect("the system has room for another thread")
    };
    let threads: Vec<_> = members.into_iter().map(start).collect();
    threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
}
