//! The mutex in earnest: a third state says that others may sleep, so that who gives back a lock
//! that nobody wants need not call the kernel.

use super::lane::both;
use super::{Arc, Duration, FutexMutex, Instant, info_span, lane};

/// What was seen of a thread that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// Whether the system said that it sleeps; `None` where the system does not say.
    pub asleep: Option<bool>,
    /// What it found under the lock: 1, which was written while it waited.
    pub found: u32,
}

/// Lets two threads add 1 to a plain value under the lock, `times` times each; returns the value.
pub fn count(times: u32) -> u32 {
    let value = Arc::new(FutexMutex::new(0));
    both(&value, move |_, value| {
        for _ in 0..times {
            *value.lock() += 1;
        }
    });
    *value.lock()
}

/// Keeps the lock until the system says that the thread which waits for it sleeps, then gives it
/// back.
pub fn slept() -> Waited {
    const PATIENCE: Duration = Duration::from_secs(10);
    let shared = Arc::new((FutexMutex::new(0), std::sync::Mutex::new(None)));
    let shared2 = Arc::clone(&shared);
    let mut value = shared.0.lock();
    let sleeper = lane::start("sleeper", move || {
        let waits = info_span!("waits", what = "lock");
        let value = shared2.0.lock();
        drop(waits);
        *shared2.1.lock().expect("nobody panics with it") = Some(*value);
    });
    let begun = Instant::now();
    let asleep = loop {
        match asleep("sleeper") {
            Some(false) if begun.elapsed() < PATIENCE => std::thread::yield_now(),
            seen => break seen,
        }
    };
    *value = 1;
    drop(value);
    lane::finish(sleeper);
    let found = shared.1.lock().expect("nobody panics with it").unwrap_or(0);
    Waited { asleep, found }
}

/// Asks the system whether this process's thread of that name sleeps; `None` where it does not say.
fn asleep(name: &str) -> Option<bool> {
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let mut threads = std::fs::read_dir("/proc/self/task").ok()?.flatten();
    Some(threads.any(|thread| {
        // Behind the name in parentheses: the state, S if it sleeps until something happens.
        read(thread.path().join("stat")).contains(&format!("({name}) S"))
    }))
}
