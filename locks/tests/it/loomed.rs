//! The primitives compiled against Loom, which reorders what may be reordered: as they are, and
//! once more with each ordering that they need weakened. Under Loom, a deadlock aborts the process,
//! and so does a failure while a shared thing is held: what is broken runs in a child.

use std::process::Command;
use std::sync::atomic::AtomicU64;

use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::Relaxed;

/// Leaves a function as it is: Loom's atomics cannot be made in a constant.
macro_rules! const_fn {
    ($($function:tt)*) => { $($function)* };
}
pub(crate) use const_fn;

/// A word on which Loom's threads can park: the one that is made of a condition variable.
#[path = "../../src/word"]
mod on_loom {
    use super::const_fn;
    mod sync {
        pub(super) use loom::sync::{Condvar, Mutex, atomic};
        pub(super) use std::sync::PoisonError;
    }
    #[path = "condvar.rs"]
    #[allow(unreachable_pub, unused_imports, reason = "it is public in the library")]
    pub(crate) mod word;
}

/// A lock that guards nothing yet.
pub(crate) trait Raw: Send + Sync + 'static {
    fn free() -> Self;
    fn acquire(&self);
    fn try_acquire(&self) -> bool;
    fn release(&self);
}

loom::thread_local! {
    static NUMBER: u64 = {
        static LAST: AtomicU64 = AtomicU64::new(0);
        LAST.fetch_add(1, Relaxed) + 1
    };
}

/// Returns the number of a thread of Loom's, which all are one to the system.
pub(crate) fn thread_number() -> u64 {
    NUMBER.with(|number| *number)
}

/// Compiles the primitives' files in a module, under orderings, and a fence, that go by the names
/// given.
macro_rules! loomed {
    ($module:ident: $fence:path, $($ordering:ident as $name:ident),*) => {
        #[path = "../../src/primitives"]
        #[allow(dead_code, unreachable_pub, unused_imports, reason = "the tests use a part of it")]
        #[allow(unsafe_code, reason = "each test releases what it has acquired")]
        pub(crate) mod $module {
            use crate::loomed::{const_fn, on_loom::word, thread_number};
            use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};
            use loom::{cell, hint, thread};
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use $fence as fence;
                    pub(in super::super) use loom::sync::atomic::{
                        AtomicBool, AtomicPtr, AtomicU32, AtomicU64,
                    };
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering
                            as $name;)*
                    }
                }
            }
            const MOST_PAUSES: u32 = 0;

            mod back_off;
            pub(crate) mod barrier;
            pub(crate) mod condvar;
            pub(crate) mod event;
            pub(crate) mod futex_mutex;
            pub(crate) mod latch;
            pub(crate) mod mcs;
            mod parking;
            pub(crate) mod reentrant;
            pub(crate) mod rwlock;
            pub(crate) mod semaphore;
            pub(crate) mod sharded_rwlock;
            pub(crate) mod spin;
            pub(crate) mod ticket;

            macro_rules! raw {
                ($Lock:path, $free:expr) => {
                    impl crate::loomed::Raw for $Lock {
                        fn free() -> Self {
                            $free
                        }
                        fn acquire(&self) {
                            self.lock();
                        }
                        fn try_acquire(&self) -> bool {
                            self.try_lock()
                        }
                        fn release(&self) {
                            // SAFETY: the lock must be held: the tests release what they have
                            // acquired, once.
                            unsafe { self.unlock() }
                        }
                    }
                };
            }
            raw!(spin::RawSpinLock, Self { taken: AtomicBool::new(false) });
            raw!(
                ticket::RawTicketLock,
                Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) }
            );
            raw!(
                mcs::RawMcsLock,
                Self {
                    tail: AtomicPtr::new(std::ptr::null_mut()),
                    next: AtomicPtr::new(std::ptr::null_mut()),
                }
            );
            raw!(futex_mutex::RawFutexMutex, Self { word: word::Word::new(0) });

            pub(crate) fn rwlock() -> rwlock::RawRwLock {
                rwlock::RawRwLock { state: word::Word::new(0), drained: word::Word::new(0) }
            }

            pub(crate) fn sharded() -> sharded_rwlock::RawShardedRwLock<2> {
                let shards = [(); 2].map(|()| sharded_rwlock::Shard(rwlock()));
                sharded_rwlock::RawShardedRwLock { shards }
            }

        }
    };
}

pub(crate) mod no {
    /// Orders nothing, where there should be a fence.
    pub(crate) fn fence(_: loom::sync::atomic::Ordering) {}
}

use loom::sync::atomic::fence as real_fence;

macro_rules! orderings {
    ($($module:ident: $fence:path, $acquire:ident, $release:ident, $both:ident;)*) => {$(
        loomed!($module: $fence, $acquire as Acquire, $release as Release, $both as AcqRel,
            Relaxed as Relaxed, SeqCst as SeqCst);
    )*};
}

// What stands for a fence, for Acquire, for Release, and for AcqRel.
orderings! {
    as_it_is: crate::loomed::real_fence, Acquire, Release, AcqRel;
    relaxed_release: crate::loomed::real_fence, Acquire, Relaxed, Acquire;
    relaxed_acquire: crate::loomed::real_fence, Relaxed, Release, Release;
    acquire_for_both: crate::loomed::real_fence, Acquire, Release, Acquire;
    release_for_both: crate::loomed::real_fence, Acquire, Release, Release;
    no_fence: crate::loomed::no::fence, Acquire, Release, AcqRel;
}

/// Two values that are changed together: a reader sees them alike, and a writer loses no change.
/// Relaxed: only the primitive orders them.
#[derive(Debug)]
pub(crate) struct Pair(pub(crate) AtomicU32, AtomicU32);

impl Pair {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0), AtomicU32::new(0))
    }

    pub(crate) fn add(&self) {
        self.0.store(self.0.load(Relaxed) + 1, Relaxed);
        self.1.store(self.1.load(Relaxed) + 1, Relaxed);
    }

    pub(crate) fn read(&self) -> u32 {
        let pair = (self.0.load(Relaxed), self.1.load(Relaxed));
        assert_eq!(pair.0, pair.1, "half written");
        pair.0
    }
}

/// Follows a model in the schedules of few preemptions, which is what Loom can get to the end of
/// with three threads.
pub(crate) fn few(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Runs the test that this model is in once more, in a child, where this model runs; Loom must find
/// a schedule in which it fails, and how.
///
/// The model is a closure: its type has the test's name in it.
pub(crate) fn fails<M: Fn() + Send + Sync + 'static>(how: &str, model: M) {
    const CHILD: &str = "LOCKS_LOOM_MODEL";
    let name = std::any::type_name::<M>();
    let case = format!("{name}, {how}");
    if let Some(meant) = std::env::var_os(CHILD) {
        if meant.to_str() == Some(&case) {
            loom::model(model);
        }
        return;
    }
    let parts = name.split("::").take_while(|part| *part != "{{closure}}").skip(1);
    let test = parts.collect::<Vec<_>>().join("::");
    let mut child = Command::new(std::env::current_exe().expect("this test runs out of it"));
    let child =
        child.args(["--exact", &test, "--nocapture"]).env(CHILD, &case).env("RUST_BACKTRACE", "0");
    let output = child.output().expect("it has been started before");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "Loom found no schedule in which {name} fails");
    assert!(said.contains(how), "{said}");
}

/// Starts each body on a thread of Loom's, all over the same thing; the last runs on this one.
macro_rules! together {
    ($shared:expr, $($body:expr),+ ; $last:expr) => {{
        let shared = loom::sync::Arc::new($shared);
        let threads = [$({
            let shared = loom::sync::Arc::clone(&shared);
            loom::thread::spawn(move || $body(&*shared))
        }),+];
        let last = $last(&*shared);
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        (shared, last)
    }};
}
pub(crate) use together;
