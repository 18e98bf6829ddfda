//! The approaches that rest on memory orderings, compiled once more: against Loom, which runs the
//! executions that the memory model allows, and so also those in which a store becomes visible
//! late. (It leaves out those in which a load reads what is stored later: load buffering.)
//!
//! Each file is compiled as it is written, and again with Relaxed in the place of an ordering that
//! it needs: another word in an import, and the file is the same. An x86 processor cannot show the
//! difference: it keeps stores in their order, and loads in theirs. The compiler need not keep
//! them, and other processors do not.
//!
//! In the model, the config is what it is to a processor: a place in memory that holds 0 at first,
//! and in which its builder writes. It is atomic, so that a reader that comes too early reads 0,
//! and nothing is undefined.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

#[path = "singleton.rs"]
mod singleton;

use self::singleton::Singleton;

const WRITTEN: usize = 7;

/// A place in memory, and how many configs were built in it.
#[derive(Debug, Default)]
struct Memory {
    content: loom::sync::atomic::AtomicUsize,
    built: AtomicUsize,
}

/// The config, as a model has it: where it is, rather than what it is.
#[derive(Debug)]
struct Config(&'static Memory);

impl Config {
    fn build(memory: &'static Memory) -> Self {
        memory.content.store(WRITTEN, Relaxed);
        memory.built.fetch_add(1, Relaxed);
        Self(memory)
    }

    fn read(&self) -> usize {
        self.0.content.load(Relaxed)
    }
}

macro_rules! constant {
    ($($function:tt)*) => { $($function)* };
}

/// Compiles the approaches in a module, under orderings that go by the names given, and on the cell
/// given.
macro_rules! compiled {
    ($module:ident: $acquire:ident as Acquire, $release:ident as Release, $cell:path) => {
        #[path = ""]
        mod $module {
            use loom::thread;

            use super::{Config, Singleton};

            mod cell {
                pub(super) use $cell;
            }

            mod sync {
                pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
                pub(super) use std::sync::PoisonError;
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{AtomicBool, AtomicPtr};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        pub(in super::super::super) use loom::sync::atomic::Ordering::{
                            Relaxed, $acquire as Acquire, $release as Release,
                        };
                    }
                }
            }

            #[allow(dead_code, unreachable_pub, unused_imports, reason = "it is public in `real`")]
            pub(super) mod compare_exchange;
            #[allow(dead_code, unreachable_pub, reason = "it is public in `real`")]
            pub(super) mod double_checked;
            #[allow(dead_code, unreachable_pub, reason = "it is public in `real`")]
            pub(super) mod once_cell;
        }
    };
}

// Loom panics at the first race on a cell of its own. The files as they are written have none. In
// the weakened ones, races are to be counted: there the cell is std's, and the config behind it
// shows which thread came too early. Nothing is undefined by that, since Loom runs all on one
// thread of the system, on which the cell was written before it is read.
compiled!(as_written: Acquire as Acquire, Release as Release, loom::cell::UnsafeCell);
compiled!(relaxed_load: Relaxed as Acquire, Release as Release, kit::cell::UnsafeCell);
compiled!(relaxed_store: Acquire as Acquire, Relaxed as Release, kit::cell::UnsafeCell);

/// The orderings that an approach is compiled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orderings {
    /// Those that it is written with.
    AsWritten,
    /// Relaxed in the place of each Acquire.
    RelaxedLoad,
    /// Relaxed in the place of each Release.
    RelaxedStore,
}

/// What Loom has seen of two threads that both ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Executions {
    /// The number of all executions.
    pub all: usize,
    /// The number of those in which a thread got the config, and read from it what was there before
    /// it was written.
    pub unwritten: usize,
    /// How many configs were built in one execution, at most.
    pub most_built: usize,
}

macro_rules! approaches {
    ($($(#[$doc:meta])* $name:ident: $($fresh:ident)::+;)*) => {$(
        $(#[$doc])*
        pub fn $name(orderings: Orderings) -> Executions {
            match orderings {
                Orderings::AsWritten => every(as_written::$($fresh)::+),
                Orderings::RelaxedLoad => every(relaxed_load::$($fresh)::+),
                Orderings::RelaxedStore => every(relaxed_store::$($fresh)::+),
            }
        }
    )*};
}

approaches! {
    /// Tries the double check in every execution.
    double_checked: double_checked::DoubleChecked::fresh;
    /// Tries the compare-exchange in every execution.
    compare_exchange: compare_exchange::FirstWins::fresh;
    /// Tries our once cell in every execution.
    once_cell: once_cell::OnceCell::fresh;
}

/// Lets two threads ask a fresh singleton, in every execution that there is.
fn every<S: Singleton>(fresh: fn() -> &'static S) -> Executions {
    let seen = Arc::new(Mutex::new(Executions::default()));
    let count = Arc::clone(&seen);
    let execution = move || {
        let (memory, singleton): (&'static Memory, _) = (Box::leak(Box::default()), fresh());
        let ask = move || singleton.instance(|| Config::build(memory)).read();
        let other = loom::thread::spawn(ask);
        let read = [ask(), other.join().expect("it does not panic")];
        let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
        count.all += 1;
        count.unwritten += usize::from(read != [WRITTEN; 2]);
        count.most_built = count.most_built.max(memory.built.load(Relaxed));
    };
    // Loom traces its own affairs, which are not to be drawn.
    let silence = tracing::subscriber::NoSubscriber::default();
    tracing::subscriber::with_default(silence, || loom::model::Builder::new().check(execution));
    *seen.lock().unwrap_or_else(PoisonError::into_inner)
}
