//! An allocator that counts, for each thread, the bytes that it has allocated and not freed.
#![expect(unsafe_code, reason = "an allocator promises what no type can say")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Below zero on a thread that frees what others have allocated.
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, and a count. A binary that wants to count makes it its global one, by
/// `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

fn count(bytes: usize, sign: i64) {
    // A `const` thread-local without a destructor: access allocates nothing, and works until the
    // thread's very end.
    LIVE.set(LIVE.get() + sign * bytes as i64);
}

// SAFETY: each call is passed on unchanged to the system's allocator, which keeps the contract; and
// `count` neither allocates, which would recurse, nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller promises that the layout's size is not zero, which is all that is asked.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: the caller promises that the memory was allocated here, which is by `System`, with
        // this layout.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Returns what `make` returns, and the number of bytes that this thread has allocated meanwhile and
/// not freed; `None` where the program's allocator does not count.
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
