//! An initialiser that panics, and what the next caller gets.
//!
//! There are two answers, and each approach has settled on one. *Empty again*: the next caller
//! builds, and may have more luck. *Poisoned*: what the initialiser has left half done, beside its
//! value, is unknown, so every later caller panics as well.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::{Built, Config, Singleton};

/// What a caller got: the number of a config, or a panic and what it said.
pub type Got = Result<usize, String>;

/// What three callers got, of which the first one's initialiser panics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callers {
    /// The one whose initialiser panics.
    pub first: Got,
    /// The one that came while that initialiser ran.
    pub meanwhile: Got,
    /// The one that came after both.
    pub later: Got,
    /// How many configs were built.
    pub built: usize,
}

/// Lets three callers ask a fresh singleton.
pub fn callers<S: Singleton>() -> Callers {
    let (singleton, attempts) = (S::fresh(), Arc::new(Attempts::new()));
    let these = Arc::clone(&attempts);
    callers_of(&attempts, move || singleton.instance(|| these.build()).number())
}

/// Lets three callers ask a fresh [`LazyLock`].
pub fn callers_of_a_lazy_lock() -> Callers {
    let attempts = Arc::new(Attempts::new());
    let these = Arc::clone(&attempts);
    let config = LazyLock::new(move || these.build());
    callers_of(&attempts, move || config.number())
}

struct Attempts {
    begun: AtomicUsize,
    built: Built,
    /// Where the first initialiser meets the second caller.
    meanwhile: Barrier,
}

impl Attempts {
    fn new() -> Self {
        Self { begun: AtomicUsize::new(0), built: Built::new(), meanwhile: Barrier::new(2) }
    }

    /// Builds a config; panics the first time, when the second caller has come.
    fn build(&self) -> Config {
        let _runs = info_span!("runs", what = "builds");
        // Relaxed: each attempt gets a number of its own; nothing else is said by it.
        if self.begun.fetch_add(1, Relaxed) == 0 {
            self.meanwhile.wait();
            thread::sleep(Duration::from_millis(10));
            panic!("no such file");
        }
        thread::sleep(Duration::from_millis(10));
        Config::build(&self.built)
    }
}

/// Lets `t1` ask, `t2` while the initialiser of `t1` runs, and `t3` when both have what they get.
fn callers_of(attempts: &Attempts, ask: impl Fn() -> usize + Sync) -> Callers {
    let ask = |meanwhile| {
        if meanwhile {
            attempts.meanwhile.wait();
        }
        let waits = info_span!("waits", what = "the config");
        let got = catch_unwind(AssertUnwindSafe(&ask)).map_err(|panic| said(&*panic));
        drop(waits);
        let has = |number| info_span!("runs", what = format!("has config {number}"));
        let _runs = got.as_ref().map(has);
        thread::sleep(Duration::from_millis(5));
        got
    };
    thread::scope(|scope| {
        let start = |name: &str, meanwhile| {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, move || ask(meanwhile)).expect("there is room for a thread")
        };
        let threads = [start("t1", false), start("t2", true)];
        let [first, meanwhile] = threads.map(|thread| thread.join().expect("panics are caught"));
        let later = start("t3", false).join().expect("panics are caught");
        Callers { first, meanwhile, later, built: attempts.built.count() }
    })
}

pub(crate) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing").to_owned()
}
