//! A once cell by hand: what `OnceLock` does, to be read.
//!
//! | `full` | `building` | meaning | left by |
//! | --- | --- | --- | --- |
//! | false | no thread | empty | a caller that notes itself in `building` |
//! | false | a thread | it builds; others wait for `ended` | full, or empty if it panics |
//! | true | no thread | complete, for ever | the cell's drop |
//!
//! ```
//! # use singleton::real::once_cell::OnceCell;
//! let cell = OnceCell::new();
//! assert_eq!(cell.get(), None);
//! assert_eq!([cell.get_or_init(|| "first"), cell.get_or_init(|| "second")], [&"first"; 2]);
//! ```
//!
//! It may be shared if its value may be (not `Cell`), and may move to the thread that drops it (not
//! `MutexGuard`):
//!
//! ```compile_fail,E0277
//! # use singleton::real::once_cell::OnceCell;
//! fn shared<T: Sync>(_: T) {}
//! shared(OnceCell::<std::cell::Cell<u8>>::new());
//! ```
//!
//! ```compile_fail,E0277
//! # use singleton::real::once_cell::OnceCell;
//! fn shared<T: Sync>(_: T) {}
//! shared(OnceCell::<std::sync::MutexGuard<'static, u8>>::new());
//! ```
//!
//! # Relationship with std
//! **Take [`std::sync::OnceLock`].** It is smaller: one word of state beside the value, on which
//! threads park (a futex), in place of a mutex, a thread's number and a condition variable here. A
//! read costs the same. This cell does one thing that std's leaves open: an initialiser that asks
//! for its own value gets a panic that says so, and does not hang. As std's, it notes whether any
//! thread waits: to wake one is a system call, and mostly there is none.
#![expect(unsafe_code, reason = "a cell is written by one thread and read by all")]

use std::fmt;
use std::mem::{MaybeUninit, take};

use super::cell::UnsafeCell;
use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use super::thread::{self, ThreadId};
use super::{Config, Singleton};

/// A cell that is filled once, by the first caller; the others wait meanwhile.
pub struct OnceCell<T> {
    /// Whether the value is there. Set once, by the thread that has built it.
    full: AtomicBool,
    /// Which thread builds at the moment, and whether others wait.
    building: Mutex<Building>,
    /// Notified when a thread has ended building, well or by a panic.
    ended: Condvar,
    /// Written by the thread noted in `building`, while `full` is false; only read after that.
    value: UnsafeCell<MaybeUninit<T>>,
}

#[derive(Debug)]
struct Building {
    by: Option<ThreadId>,
    /// Whether any thread waits until it has ended.
    awaited: bool,
}

// SAFETY: a shared cell hands out `&T` to every thread, which takes `T: Sync`; and it moves a `T`
// from the thread that builds it to the one that drops the cell, which takes `T: Send`. One thread
// writes, while `full` is false, and the others read only when it is true: see the table above.
unsafe impl<T: Send + Sync> Sync for OnceCell<T> {}

impl<T> OnceCell<T> {
    constant! {
        /// Returns an empty cell.
        pub fn new() -> Self {
            Self {
                full: AtomicBool::new(false),
                building: Mutex::new(Building { by: None, awaited: false }),
                ended: Condvar::new(),
                value: UnsafeCell::new(MaybeUninit::uninit()),
            }
        }
    }

    /// Returns the value, if it is there.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: it was just found full.
        self.is_full().then(|| unsafe { self.value() })
    }

    /// Returns whether the value is there.
    ///
    /// # Memory ordering
    /// The partner of the Acquire is the Release store in `fill`. A thread that reads true reads
    /// the whole value.
    #[inline]
    fn is_full(&self) -> bool {
        self.full.load(Acquire)
    }

    /// Returns the value, which is there.
    ///
    /// # Safety
    /// This thread has found the cell full, or has filled it.
    #[inline]
    unsafe fn value(&self) -> &T {
        // SAFETY: `assume_init_ref` asks for a value that is initialised, and a reference for one
        // that is not written to. `full` is true only after the value was written, which happened
        // before: by Release and Acquire, or on this thread. No thread writes to it again, and it
        // is dropped only with the cell, which is borrowed here.
        self.value.with(|value| unsafe { (*value).assume_init_ref() })
    }

    /// Returns the value; builds it, if there is none.
    ///
    /// # Panics
    /// If `build` panics: with its panic. The cell is empty again then, and the next caller builds.
    /// If `build` asks for this very value.
    ///
    /// # Blocking
    /// While another thread builds.
    ///
    /// # Fairness
    /// The first caller builds. If it panics, the first waiting thread that wakes is next.
    #[inline]
    pub fn get_or_init(&self, build: impl FnOnce() -> T) -> &T {
        if !self.is_full() {
            self.fill(build);
        }
        // Not from `fill`: a reference that came out of two branches would be one more instruction
        // in each read.
        //
        // SAFETY: it was just found full, or `fill` has found or made it so.
        unsafe { self.value() }
    }

    /// Returns when the value is there.
    #[cold]
    fn fill(&self, build: impl FnOnce() -> T) {
        let me = thread::current().id();
        let mut building = self.lock();
        // The lock makes visible how the thread before this one has ended.
        while let Some(thread) = building.by {
            if thread == me {
                drop(building);
                panic!("the initialiser asks for the value that it is to make");
            }
            building.awaited = true;
            building = self.ended.wait(building).unwrap_or_else(PoisonError::into_inner);
        }
        if self.is_full() {
            return;
        }
        building.by = Some(me);
        drop(building);
        let ending = Ending(self);
        let value = build();
        // SAFETY: to write, no other thread may read or write there. `full` is false, so none
        // reads; `building` names this thread, so no other one gets here, nor this one again.
        // Nothing is there yet that would have to be dropped.
        self.value.with_mut(|place| unsafe {
            (*place).write(value);
        });
        // Release, for the Acquire of `is_full`: the value is written before it can be found.
        self.full.store(true, Release);
        drop(ending);
    }

    /// No panic happens under this lock, so that it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, Building> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    /// Shows the value if it is there; does not wait for a thread that builds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("OnceCell");
        match self.get() {
            Some(value) => shown.field(value),
            None => shown.field(&format_args!("<uninit>")),
        };
        shown.finish()
    }
}

/// A guard that notes, when it is dropped, that building has ended, also by a panic.
struct Ending<'a, T>(&'a OnceCell<T>);

impl<T> Drop for Ending<'_, T> {
    fn drop(&mut self) {
        let mut building = self.0.lock();
        building.by = None;
        let awaited = take(&mut building.awaited);
        drop(building);
        // A thread that comes later finds no other one building, and does not wait.
        if awaited {
            self.0.ended.notify_all();
        }
    }
}

impl<T> Drop for OnceCell<T> {
    fn drop(&mut self) {
        // Relaxed: the thread that drops the cell has it alone, so all that was done to it happened
        // before.
        if self.full.load(Relaxed) {
            // SAFETY: `assume_init_drop` asks for a value that is initialised and not used again.
            // It was written, for `full` is true; it is dropped nowhere else; and `&mut self` means
            // that no reference to it is left.
            self.value.with_mut(|value| unsafe { (*value).assume_init_drop() });
        }
    }
}

impl<T> Default for OnceCell<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl Singleton for OnceCell<Config> {
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        self.get_or_init(build)
    }
}
