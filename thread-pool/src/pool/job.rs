//! What a pool queues: a piece of work without a result, whatever its type, in two words, as a fat
//! pointer is.
//!
//! A box for each job costs more than the queue: it is allocated on one thread and freed on another,
//! so the allocator contends as often as the pool does. So a closure that carries one word, such as
//! the `Arc` of a task, is kept in place of the pointer; a larger one is boxed. Two words go from hand
//! to hand in registers; of four, an empty task took 39 ns instead of 21 on an AMD EPYC (the page's
//! "What it costs").
#![expect(unsafe_code, reason = "a closure is kept in bytes that do not know its type")]

use std::fmt;
use std::mem::{ManuallyDrop, MaybeUninit};

type Storage = usize;

/// A piece of work that is run once.
///
/// What [`submit`](crate::Pool::submit) queues is a job too: it brings the result to its
/// [`Handle`](crate::Handle), also when it is run outside the pool, and if it is
/// dropped instead, the handle says so.
// The invariant that the SAFETY comments below rest on: `storage` holds one value of the type that
// `kind` was made for, moved in by the constructor, and out by the one call of `kind.call` or
// `kind.drop`, which ends this value.
pub struct Job {
    storage: MaybeUninit<Storage>,
    kind: &'static Kind,
}

/// A hand-made vtable: each function takes a pointer to the value in the storage, and moves it out.
struct Kind {
    call: unsafe fn(*mut Storage),
    drop: unsafe fn(*mut Storage),
    /// Whether the closure is a pointer into the stack frame of a thread that waits for its end.
    stacked: bool,
}

struct Of<F, const STACKED: bool>(F);

impl<F: FnOnce(), const STACKED: bool> Of<F, STACKED> {
    const FITS: bool =
        size_of::<F>() <= size_of::<Storage>() && align_of::<F>() <= align_of::<Storage>();
    const KIND: Kind = Kind {
        // SAFETY: `of` has written an `F` there, aligned; it is moved out by the one call, by the
        // invariant, so it is neither called nor dropped again.
        call: |storage| unsafe { storage.cast::<F>().read()() },
        // SAFETY: `of` has written an `F` there, which is dropped in place by the one call, by the
        // invariant in place of `call`, and not used again.
        drop: |storage| unsafe { storage.cast::<F>().drop_in_place() },
        stacked: STACKED,
    };
}

impl Job {
    /// Makes a job of some work. It is put into a box only if it carries more than one word.
    pub fn new<F: FnOnce() + Send + 'static>(work: F) -> Self {
        // SAFETY: it borrows nothing that could end.
        unsafe {
            if Of::<F, false>::FITS {
                Self::of::<F, false>(work)
            } else {
                Self::of::<Box<F>, false>(Box::new(work))
            }
        }
    }

    /// Makes a job of a closure that is one pointer into a stack frame.
    ///
    /// # Safety
    /// The pointer stays valid until the closure is called or dropped, on whatever thread.
    pub(crate) unsafe fn stacked<F: FnOnce() + Send>(pointer: F) -> Self {
        // SAFETY: the caller promises as much.
        unsafe { Self::of::<F, true>(pointer) }
    }

    /// # Safety
    /// What the closure borrows is there until it is called or dropped.
    unsafe fn of<F: FnOnce() + Send, const STACKED: bool>(work: F) -> Self {
        assert!(Of::<F, STACKED>::FITS, "a box and a pointer do");
        let mut storage = MaybeUninit::<Storage>::uninit();
        // SAFETY: `F` fits by size and alignment, as asserted; the storage is uninitialised, so
        // nothing is overwritten that would have to be dropped.
        unsafe { storage.as_mut_ptr().cast::<F>().write(work) };
        Self { storage, kind: &Of::<F, STACKED>::KIND }
    }

    /// Returns whether it is a pointer into the stack frame of a thread that waits for its end.
    pub(crate) fn is_stacked(&self) -> bool {
        self.kind.stacked
    }

    /// Returns whether it is that pointer.
    pub(crate) fn is_at<S>(&self, at: *const S) -> bool {
        // SAFETY: what `stacked` writes is one pointer, which fills the storage; the read copies it.
        self.kind.stacked
            && unsafe { self.storage.as_ptr().cast::<*const ()>().read() } == at.cast()
    }

    /// Does the work, on this thread.
    ///
    /// # Panics
    /// If the work does, and there is no handle; or if a callback does.
    pub fn run(self) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `kind` is that of the value in the storage, which has not been moved out: `self`
        // was passed by value, and `ManuallyDrop` keeps `drop` from running, even if this panics.
        unsafe { (this.kind.call)(this.storage.as_mut_ptr()) };
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // SAFETY: `kind` is that of the value in the storage, which has not been moved out: `run`
        // would have kept this from running, and a value is dropped once.
        unsafe { (self.kind.drop)(self.storage.as_mut_ptr()) };
    }
}

// SAFETY: what is in the storage may be sent: `of` asks for a closure that is `Send`. That the type is
// `Sync` as well, as words are, is sound: a shared reference gives no access to the value.
unsafe impl Send for Job {}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}
/// The error of a job that a pool did not take, with the job.
#[derive(Debug)]
pub struct Rejected {
    /// The job, not run. Running it here, later or in another pool is up to the caller.
    pub job: Job,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Why a pool did not take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its queue has reached its bound, and was built with
    /// [`WhenFull::Reject`](crate::WhenFull::Reject).
    Full,
    /// It was shut down.
    ShutDown,
}

impl Reason {
    pub(crate) fn hands_back(self, job: Job) -> Rejected {
        Rejected { job, reason: self }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the queue is full: wait for some handle, then submit again",
            Self::ShutDown => "the pool was shut down: it takes no more work",
        })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Reason {}
impl std::error::Error for Rejected {}
