//! A closure that is called once, whatever its type, and without a place of its own on the heap if
//! it is small.
//!
//! A box for each job costs more than the queue: it is taken on one thread and given back on
//! another, and the allocator's two ends meet as often as the pool's. So three words of storage are
//! part of the job itself; what needs more is put into a box, and the box into the three words.
#![expect(unsafe_code, reason = "a closure is kept in bytes that do not know its type")]

use std::mem::{ManuallyDrop, MaybeUninit};

type Storage = [usize; 3];

/// A closure to be called once.
pub(crate) struct InlineClosure {
    /// Holds a closure, until it is called or dropped.
    storage: MaybeUninit<Storage>,
    kind: &'static Kind,
}

/// What can be done with the closure in the storage: each takes a pointer to it, and leaves nothing
/// there.
struct Kind {
    call: unsafe fn(*mut Storage),
    drop: unsafe fn(*mut Storage),
    /// Whether the storage holds a pointer to something [`Stacked`].
    stacked: bool,
}

/// What lies where it is, and whose end, one way or the other, is waited for there.
///
/// # Safety
/// One of the two is called, once, while it lies there; it may be gone when they return.
pub(crate) trait Stacked {
    unsafe fn run(this: *const Self);
    unsafe fn drop_unrun(this: *const Self);
}

/// The kind of a pointer to something of that type.
struct At<S>(S);

impl<S: Stacked> At<S> {
    const KIND: Kind = Kind {
        // SAFETY: who calls it says that a pointer is there, and who made the work of it that what
        // it points to is.
        call: |storage| unsafe { S::run(storage.cast::<*const S>().read()) },
        // SAFETY: likewise.
        drop: |storage| unsafe { S::drop_unrun(storage.cast::<*const S>().read()) },
        stacked: true,
    };
}

/// The kind of a closure's type.
struct Of<F>(F);

impl<F: FnOnce()> Of<F> {
    const FITS: bool =
        size_of::<F>() <= size_of::<Storage>() && align_of::<F>() <= align_of::<Storage>();
    const KIND: Kind = Kind {
        // SAFETY: who calls it says that an `F` is there, and nobody uses it again: it is moved
        // out.
        call: |storage| unsafe { storage.cast::<F>().read()() },
        // SAFETY: likewise; it is dropped in place.
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
        // SAFETY: it fits, by size and alignment, and nothing is overwritten that would have to be
        // dropped.
        unsafe { storage.as_mut_ptr().cast::<F>().write(work) };
        Self { storage, kind: &Of::<F>::KIND }
    }

    /// Makes work of something that lies elsewhere.
    ///
    /// # Safety
    /// It stays there until the work was called or dropped, on whatever thread.
    pub(crate) unsafe fn stacked<S: Stacked + Sync>(at: *const S) -> Self {
        let mut storage = MaybeUninit::<Storage>::uninit();
        // SAFETY: a pointer is one word of three.
        unsafe { storage.as_mut_ptr().cast::<*const S>().write(at) };
        Self { storage, kind: &At::<S>::KIND }
    }

    /// Says whether it is work of something that lies elsewhere, on the stack of a thread that
    /// waits for its end.
    pub(crate) fn is_stacked(&self) -> bool {
        self.kind.stacked
    }

    /// Says whether it is work of what lies there.
    pub(crate) fn is_at<S: Stacked>(&self, at: *const S) -> bool {
        // SAFETY: the first word is a pointer, as the kind says.
        self.kind.stacked
            && unsafe { self.storage.as_ptr().cast::<*const ()>().read() } == at.cast()
    }

    /// Calls it.
    pub(crate) fn call(self) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: the closure in the storage is of this kind, and has neither been called nor dropped,
        // for both end the value. It is not dropped after this, not even if it panics.
        unsafe { (this.kind.call)(this.storage.as_mut_ptr()) };
    }
}

impl Drop for InlineClosure {
    fn drop(&mut self) {
        // SAFETY: as in `call`, which keeps from coming here.
        unsafe { (self.kind.drop)(self.storage.as_mut_ptr()) };
    }
}

// SAFETY: what is in the storage is `Send`: `new` asks for it; and so is a pointer to what is `Sync`,
// which `stacked` asks for. That it is `Sync` besides, as words are, is no harm: a reference to it
// gives access to nothing in the storage.
unsafe impl Send for InlineClosure {}

#[cfg(test)]
mod tests {
    use super::InlineClosure;
    use std::sync::Arc;

    /// A closure with something to drop, and so much more to carry.
    fn carrying<const BYTES: usize>(counted: &Arc<()>) -> InlineClosure {
        let (counted, more) = (Arc::clone(counted), [7_u8; BYTES]);
        InlineClosure::new(move || {
            assert_eq!((Arc::strong_count(&counted), more), (2, [7; BYTES]));
        })
    }

    #[test]
    fn a_closure_of_any_size_is_called_or_dropped_and_what_it_carries_is_dropped_once() {
        let counted = Arc::new(());
        for make in [carrying::<0>, carrying::<16>, carrying::<17>, carrying::<1000>] {
            make(&counted).call();
            assert_eq!(Arc::strong_count(&counted), 1);
            drop(make(&counted));
            assert_eq!(Arc::strong_count(&counted), 1);
        }
    }

    #[test]
    fn what_a_closure_that_panics_carries_is_dropped_once() {
        let counted = Arc::new(());
        let counted2 = Arc::clone(&counted);
        let work = InlineClosure::new(move || std::panic::resume_unwind(Box::new(counted2)));
        let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work.call()));
        assert_eq!(Arc::strong_count(&counted), 2);
        drop(payload);
        assert_eq!(Arc::strong_count(&counted), 1);
    }

    #[test]
    fn a_closure_that_asks_for_more_than_words_do_lies_where_it_must() {
        #[repr(align(64))]
        struct Wide(u8);
        let wide = Wide(7);
        InlineClosure::new(move || {
            let wide = &wide;
            assert!(std::ptr::from_ref(wide).addr().is_multiple_of(64) && wide.0 == 7);
        })
        .call();
    }
}
