//! The primitives that let several in, or that threads wait at, compiled against Loom, which
//! reorders what may be reordered: as they are, and once more with each ordering that they need
//! weakened. Under Loom, a deadlock aborts the process, and so does a failure with a shared thing
//! in hand: what is broken runs in a child.

use std::process::Command;

use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::Relaxed;

/// Leaves a function as it is: Loom's atomics cannot be made in a constant.
macro_rules! const_fn {
    ($($function:tt)*) => { $($function)* };
}
pub(crate) use const_fn;

/// Compiles the primitives' files in a module, under orderings, and a fence, that go by the names
/// given.
macro_rules! loomed {
    ($module:ident: $fence:path, $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        #[allow(dead_code, unreachable_pub, unused_imports, reason = "the tests below use a part of it")]
        pub(crate) mod $module {
            use crate::loom_word as word;
            use loom::hint;
            use crate::loomed::const_fn;
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use $fence as fence;
                    pub(in super::super) use loom::sync::atomic::AtomicU32;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }
            const MOST_PAUSES: u32 = 0;

            #[path = "../../src/primitives/barrier.rs"]
            pub(crate) mod barrier;
            #[path = "../../src/primitives/condvar.rs"]
            pub(crate) mod condvar;
            #[path = "../../src/primitives/event.rs"]
            pub(crate) mod event;
            #[path = "../../src/primitives/latch.rs"]
            pub(crate) mod latch;
            #[path = "../../src/primitives/parking.rs"]
            mod parking;
            #[path = "../../src/primitives/rwlock.rs"]
            pub(crate) mod rwlock;
            #[path = "../../src/primitives/semaphore.rs"]
            pub(crate) mod semaphore;
            #[path = "../../src/primitives/sharded_rwlock.rs"]
            pub(crate) mod sharded_rwlock;

            pub(crate) fn rwlock() -> rwlock::RawRwLock {
                rwlock::RawRwLock { state: word::Word::new(0), drained: word::Word::new(0) }
            }

            pub(crate) fn sharded() -> sharded_rwlock::RawShardedRwLock<2> {
                sharded_rwlock::RawShardedRwLock { shards: [(); 2].map(|()| sharded_rwlock::Shard(rwlock())) }
            }

            /// With the condition variable's two halves within reach.
            #[derive(Debug)]
            pub(crate) struct Waits(condvar::Condvar);
            impl Waits {
                pub(crate) fn new() -> Self {
                    Self(condvar::Condvar { notified: word::Word::new(0), waiting: sync::atomic::AtomicU32::new(0) })
                }
                pub(crate) fn enlist(&self) -> u32 {
                    self.0.enlist()
                }
                pub(crate) fn sleep(&self, seen: u32) {
                    self.0.sleep(seen, None);
                }
                pub(crate) fn notify_one(&self) {
                    self.0.notify_one();
                }
            }
        }
    };
}

pub(crate) mod no {
    /// Orders nothing, where there should be a fence.
    pub(crate) fn fence(_: loom::sync::atomic::Ordering) {}
}

loomed!(as_it_is: loom::sync::atomic::fence, Acquire as Acquire, Relaxed as Relaxed, Release as Release, AcqRel as AcqRel, SeqCst as SeqCst);
loomed!(relaxed_release: loom::sync::atomic::fence, Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release, Acquire as AcqRel, SeqCst as SeqCst);
loomed!(relaxed_acquire: loom::sync::atomic::fence, Relaxed as Acquire, Relaxed as Relaxed, Release as Release, Release as AcqRel, SeqCst as SeqCst);
loomed!(no_fence: crate::loomed::no::fence, Acquire as Acquire, Relaxed as Relaxed, Release as Release, AcqRel as AcqRel, SeqCst as SeqCst);

/// Two values that are changed together: who may read sees them alike, and who may write loses no
/// change. Relaxed: only the primitive orders them.
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

/// Follows a model of three threads in schedules of few preemptions.
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
    let test = name
        .split("::")
        .take_while(|part| *part != "{{closure}}")
        .skip(1)
        .collect::<Vec<_>>()
        .join("::");
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
