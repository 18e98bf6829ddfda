//! A closure that is called once, whatever its type: two words, as a fat pointer is.
//!
//! A box for each job costs more than the queue: it is allocated on one thread and freed on another,
//! so the allocator contends as often as the pool does. So a closure that carries one word, such as
//! the `Arc` of a task, is kept in place of the pointer; a larger one is boxed. Two words go from hand
//! to hand in registers; of four, an empty task took 39 ns instead of 21 (the page's "What it costs").
#![expect(unsafe_code, reason = "a closure is kept in bytes that do not know its type")]

use std::mem::{ManuallyDrop, MaybeUninit};

type Storage = usize;

/// A closure to be called once.
///
/// The invariant that the SAFETY comments below rest on: `storage` holds one value of the type that
/// `kind` was made for, moved in by the constructor, and out by the one call of `kind.call` or
/// `kind.drop`, which ends this value.
pub(crate) struct InlineClosure {
    storage: MaybeUninit<Storage>,
    kind: &'static Kind,
}

/// A hand-made vtable: each function takes a pointer to the value in the storage, and moves it out.
struct Kind {
    call: unsafe fn(*mut Storage),
    drop: unsafe fn(*mut Storage),
    /// Whether the storage holds a pointer to something [`Stacked`].
    stacked: bool,
}

/// A value in a stack frame that is queued by a pointer; the frame waits for its end.
///
/// # Safety
/// Callers: `this` is valid, and one of the two is called, once, by the thread that has the one job.
/// It may be gone when they return.
pub(crate) trait Stacked {
    unsafe fn run(this: *const Self);
    unsafe fn drop_unrun(this: *const Self);
}

struct At<S>(S);

impl<S: Stacked> At<S> {
    const KIND: Kind = Kind {
        // SAFETY: `stacked` has written a `*const S`, which is valid until this, as its caller has
        // promised; this is the one call, by the invariant.
        call: |storage| unsafe { S::run(storage.cast::<*const S>().read()) },
        // SAFETY: the storage holds a valid pointer, and this is the one call in place of the other.
        drop: |storage| unsafe { S::drop_unrun(storage.cast::<*const S>().read()) },
        stacked: true,
    };
}

struct Of<F>(F);

impl<F: FnOnce()> Of<F> {
    const FITS: bool =
        size_of::<F>() <= size_of::<Storage>() && align_of::<F>() <= align_of::<Storage>();
    const KIND: Kind = Kind {
        // SAFETY: `of` has written an `F` there, aligned; it is moved out by the one call, by the
        // invariant, so it is neither called nor dropped again.
        call: |storage| unsafe { storage.cast::<F>().read()() },
        // SAFETY: `of` has written an `F` there, which is dropped in place by the one call, by the
        // invariant in place of `call`, and not used again.
        drop: |storage| unsafe { storage.cast::<F>().drop_in_place() },
        stacked: false,
    };
}

impl InlineClosure {
    pub(crate) fn new<F: FnOnce() + Send + 'static>(work: F) -> Self {
        if Of::<F>::FITS {
            return Self::of(work);
        }
        Self::of(Box::new(work))
    }

    fn of<F: FnOnce() + Send + 'static>(work: F) -> Self {
        assert!(Of::<F>::FITS, "a box does");
        let mut storage = MaybeUninit::<Storage>::uninit();
        // SAFETY: `F` fits by size and alignment, as asserted; the storage is uninitialised, so
        // nothing is overwritten that would have to be dropped.
        unsafe { storage.as_mut_ptr().cast::<F>().write(work) };
        Self { storage, kind: &Of::<F>::KIND }
    }

    /// Returns a closure that is a pointer to something in a stack frame.
    ///
    /// # Safety
    /// It stays valid until the closure is called or dropped, on whatever thread.
    pub(crate) unsafe fn stacked<S: Stacked + Sync>(at: *const S) -> Self {
        let mut storage = MaybeUninit::<Storage>::uninit();
        // SAFETY: a thin pointer is one word, of the same size and alignment.
        unsafe { storage.as_mut_ptr().cast::<*const S>().write(at) };
        Self { storage, kind: &At::<S>::KIND }
    }

    /// Returns whether it is a pointer into the stack frame of a thread that waits for its end.
    pub(crate) fn is_stacked(&self) -> bool {
        self.kind.stacked
    }

    pub(crate) fn is_at<S: Stacked>(&self, at: *const S) -> bool {
        // SAFETY: `stacked` has initialised the storage with a pointer, and set this kind; the read
        // copies it.
        self.kind.stacked
            && unsafe { self.storage.as_ptr().cast::<*const ()>().read() } == at.cast()
    }

    pub(crate) fn call(self) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `kind` is that of the value in the storage, which has not been moved out: `self`
        // was passed by value, and `ManuallyDrop` keeps `drop` from running, even if this panics.
        unsafe { (this.kind.call)(this.storage.as_mut_ptr()) };
    }
}

impl Drop for InlineClosure {
    fn drop(&mut self) {
        // SAFETY: `kind` is that of the value in the storage, which has not been moved out: `call`
        // would have kept this from running, and a value is dropped once.
        unsafe { (self.kind.drop)(self.storage.as_mut_ptr()) };
    }
}

// SAFETY: what is in the storage may be sent: `new` asks for a closure that is `Send`, and `stacked`
// for a pointer to what is `Sync`, on which its functions may run on any thread. That the type is
// `Sync` as well, as words are, is sound: a shared reference gives no access to the value.
unsafe impl Send for InlineClosure {}
