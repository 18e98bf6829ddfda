//! An allocator that counts, for each thread, how many bytes it has asked for and not given back.
#![expect(unsafe_code, reason = "an allocator promises what no type can say")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Below zero on a thread that gives back what others asked for.
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, and a count. A binary that wants to count makes it its own:
///
/// ```
/// use coroutines::cost::{Counting, counted};
///
/// #[global_allocator]
/// static ALLOCATOR: Counting = Counting;
///
/// let (boxed, bytes) = counted(|| Box::new([0_u8; 100]));
/// assert_eq!((boxed.len(), bytes), (100, Some(100)));
/// ```
#[derive(Debug)]
pub struct Counting;

fn count(bytes: usize, sign: i64) {
    // A constant that needs no destructor: to reach it asks for no memory, and works until the
    // thread's very end.
    LIVE.set(LIVE.get() + sign * bytes as i64);
}

// SAFETY: all is the system's allocator's, which keeps the contract; to count neither allocates nor
// panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller promises what it asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as above; the memory is the system's, for all of it is.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, 1);
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Returns what `make` returns, and how many bytes this thread has asked for meanwhile and not
/// given back; none where the program's allocator does not count.
pub fn counted<T>(make: impl FnOnce() -> T) -> (T, Option<u64>) {
    let before = LIVE.get();
    // Is it counted at all?
    let probe = std::hint::black_box(Box::new(before));
    let counts = LIVE.get() != before;
    drop(probe);
    let made = make();
    let grown = u64::try_from(LIVE.get() - before).unwrap_or(0);
    (made, counts.then_some(grown))
}
