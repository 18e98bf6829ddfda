//! The memory of a block: a cell for each task, and in the same bytes for its outcome then, so that
//! fewer of them go from one core to another.
#![expect(unsafe_code, reason = "a cell has either a task or an outcome")]

use std::mem::ManuallyDrop;

use super::cell::UnsafeCell;

/// A cell for each task of a block. What is left in it is not dropped.
pub(crate) struct Cells<T, R>(Box<[UnsafeCell<Content<T, R>>]>);

union Content<T, R> {
    empty: (),
    task: ManuallyDrop<T>,
    outcome: ManuallyDrop<R>,
}

// SAFETY: a cell has one owner at a time, which may be on another thread than the one before: so a
// task and an outcome have to be `Send`. Several threads may have a reference to a task, which has
// to be `Sync`; none has one to an outcome.
unsafe impl<T: Send + Sync, R: Send> Sync for Cells<T, R> {}

impl<T, R> Cells<T, R> {
    /// The number of bytes of a cell.
    pub(crate) const SIZE: usize = size_of::<Content<T, R>>();

    pub(crate) fn new(cells: usize) -> Self {
        Self((0..cells).map(|_| UnsafeCell::new(Content { empty: () })).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Puts a task into its cell.
    ///
    /// # Safety
    /// The cell is the caller's, and empty.
    #[inline]
    pub(crate) unsafe fn put(&self, place: usize, task: T) {
        // SAFETY: nothing else has a pointer to what is in the cell.
        self.0[place].with_mut(|cell| unsafe { (*cell).task = ManuallyDrop::new(task) });
    }

    /// Returns the task in a cell.
    ///
    /// # Safety
    /// There is a task, and it stays there while the reference is used.
    #[inline]
    pub(crate) unsafe fn task(&self, place: usize) -> &T {
        // SAFETY: it is a task, and nothing writes to it meanwhile.
        self.0[place].with(|cell| unsafe { &(*cell).task })
    }

    /// Takes the task out of its cell.
    ///
    /// # Safety
    /// The cell is the caller's, and there is a task, which nothing uses after this.
    #[inline]
    pub(crate) unsafe fn take_task(&self, place: usize) -> T {
        // SAFETY: it is a task, and is not read once more.
        let task = self.0[place].with(|cell| unsafe { (&raw const (*cell).task).read() });
        ManuallyDrop::into_inner(task)
    }

    /// Puts an outcome into a cell.
    ///
    /// # Safety
    /// The cell is the caller's, and its task was taken, or needs no drop.
    #[inline]
    pub(crate) unsafe fn put_outcome(&self, place: usize, outcome: R) {
        // SAFETY: nothing else has a pointer to what is in the cell.
        self.0[place].with_mut(|cell| unsafe { (*cell).outcome = ManuallyDrop::new(outcome) });
    }

    /// Takes an outcome out of its cell.
    ///
    /// # Safety
    /// The cell is the caller's, and there is an outcome, which is not taken a second time.
    #[inline]
    pub(crate) unsafe fn take_outcome(&self, place: usize) -> R {
        // SAFETY: it is an outcome, and is not read once more.
        let outcome = self.0[place].with(|cell| unsafe { (&raw const (*cell).outcome).read() });
        ManuallyDrop::into_inner(outcome)
    }
}
