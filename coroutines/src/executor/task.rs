//! A task: one allocation with its future, its place in the queues and its count of references; and the waker that points to it.
//!
//! | part | bytes | touched by |
//! | --- | --- | --- |
//! | [`Node`]: place in the inbox, `POSTED`, references | 12 | any thread |
//! | [`Own`]: flags, references of the executor's thread | 4 | the executor's thread |
//! | methods for this kind of future | 8 | any thread, never written |
//! | the executor that it belongs to | 8 | any thread, never written |
//! | place in the run queue | 8 | the executor's thread |
//! | place among all tasks | 16 | the executor's thread |
//! | who waits for its end | 16 | the executor's thread |
//! | its future, or what came out of it | as it needs | the executor's thread |
//!
//! A future is polled, dropped, and its output taken, on the executor's thread alone, so it need not be `Send`. A
//! waker may be anywhere; all that it keeps alive is the memory.
#![expect(unsafe_code, reason = "one allocation whose pointer is handed out as waker, handle and link")]

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::{NonNull, null};
use std::sync::Arc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use super::core::{Core, GONE};
use super::inbox::{Node, Posted};
use super::join::JoinError;

/// Its future is gone.
pub(super) const DONE: u8 = 1;
/// A handle will ask what came out of it.
pub(super) const HANDLE: u8 = 2;
/// Its future is to be dropped, not polled.
pub(super) const ABORTED: u8 = 4;
/// What came out of it, if anything did, can be asked for.
pub(super) const TOLD: u8 = 8;
/// What came out is a panic.
const PANICKED: u8 = 16;
/// Nothing came out: it was dropped before its end.
const CANCELLED: u8 = 32;

/// What the executor's thread alone looks at, in the node for there is room.
#[derive(Debug)]
pub(super) struct Own {
    flags: Cell<u8>,
    /// How many on this thread refer to the task: the list of all tasks, or after it the run queue; and the handle. In the
    /// node's count, all of them together are one: only the last one's end is anything to other threads.
    references: Cell<u8>,
    /// So many references were given back by wakers on this thread, and wait for the next ones here: to make and drop a waker
    /// then needs nothing atomic. The node counts them all the time, so that no other thread has to know.
    spare: Cell<u16>,
}

/// The part that is the same for tasks of all kinds. The node comes first: a pointer to it is a pointer to the task.
#[repr(C)]
pub(super) struct Header {
    pub(super) node: Node<Own>,
    methods: &'static Methods,
    pub(super) core: Arc<Core>,
    /// Who is behind it in the run queue; null: it is not there. It says as well that it is at the end, or gone for good.
    pub(super) after: Cell<*const Header>,
    pub(super) left: Cell<*const Header>,
    pub(super) right: Cell<*const Header>,
    pub(super) joiner: Cell<Option<Waker>>,
}

/// What depends on the kind of the future.
struct Methods {
    poll: unsafe fn(NonNull<Header>) -> bool,
    cancel: unsafe fn(NonNull<Header>),
    take: unsafe fn(NonNull<Header>, *mut ()),
    free: unsafe fn(NonNull<Header>),
}

#[repr(C)]
struct Task<F: Future> {
    header: Header,
    stage: UnsafeCell<Stage<F>>,
}

/// The flags say which of these it is.
union Stage<F: Future> {
    future: ManuallyDrop<F>,
    output: ManuallyDrop<F::Output>,
    panic: ManuallyDrop<Box<dyn Any + Send>>,
    nothing: (),
}

impl Header {
    pub(super) fn is(&self, flag: u8) -> bool {
        self.node.own.flags.get() & flag != 0
    }

    pub(super) fn set(&self, flag: u8) {
        self.node.own.flags.set(self.node.own.flags.get() | flag);
    }

    pub(super) fn unset(&self, flag: u8) {
        self.node.own.flags.set(self.node.own.flags.get() & !flag);
    }
}

/// Refers to a task. A plain pointer: who has it from whom, and until when, is said where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TaskRef(pub(super) NonNull<Header>);

impl TaskRef {
    /// Makes a task that so many of this thread refer to.
    pub(super) fn new<F: Future>(core: Arc<Core>, future: F, references: u8, flags: u8) -> Self {
        let methods =
            &const { Methods { poll: poll::<F>, cancel: cancel::<F>, take: take::<F>, free: free::<F> } };
        let header = Header {
            node: Node::new(
                1,
                Own { flags: Cell::new(flags), references: Cell::new(references), spare: Cell::new(0) },
            ),
            methods,
            core,
            after: Cell::new(null()),
            left: Cell::new(null()),
            right: Cell::new(null()),
            joiner: Cell::new(None),
        };
        let stage = UnsafeCell::new(Stage { future: ManuallyDrop::new(future) });
        Self(NonNull::from(Box::leak(Box::new(Task { header, stage }))).cast())
    }

    /// # Safety
    /// The task must be referred to for as long as the result is used.
    pub(super) unsafe fn header<'a>(self) -> &'a Header {
        // SAFETY: the caller promises that it is there. It is only ever changed through cells and atomics.
        unsafe { self.0.as_ref() }
    }

    /// Polls it, or drops its future if that was asked for; tells whether it is done.
    ///
    /// # Safety
    /// It must be referred to; this must be its executor's thread, which is not in the middle of it; and it must not be done.
    pub(super) unsafe fn run(self) -> bool {
        // SAFETY: the caller promises what both ask for.
        unsafe {
            if self.header().is(ABORTED) {
                self.cancel();
                return true;
            }
            (self.header().methods.poll)(self.0)
        }
    }

    /// Drops its future.
    ///
    /// # Safety
    /// As for `run`.
    pub(super) unsafe fn cancel(self) {
        // SAFETY: the caller promises what it asks for.
        unsafe { (self.header().methods.cancel)(self.0) }
    }

    /// Moves what came out of it to where it is wanted.
    ///
    /// # Safety
    /// It must be referred to; this must be its executor's thread; it must be `TOLD`, with a handle; what came out must be of
    /// that type; and this must be the only time.
    pub(super) unsafe fn take<T>(self) -> Result<T, JoinError> {
        let mut taken = None::<Result<T, JoinError>>;
        // SAFETY: the caller promises what it asks for; the place is of the type that it writes.
        unsafe { (self.header().methods.take)(self.0, (&raw mut taken).cast()) };
        taken.expect("it was written")
    }

    /// Gives references back.
    ///
    /// # Safety
    /// They must have been counted, and are gone after this.
    pub(super) unsafe fn release(self, references: u32) {
        // SAFETY: the caller has a reference.
        let header = unsafe { self.header() };
        if header.node.release(references) {
            // SAFETY: it was the last one.
            unsafe { (header.methods.free)(self.0) };
        }
    }

    /// Gives back a reference of this thread's.
    ///
    /// # Safety
    /// This must be its executor's thread, and one of the references counted there; it is gone after this.
    pub(super) unsafe fn release_here(self) {
        // SAFETY: the caller has a reference.
        let own = unsafe { &self.header().node.own };
        own.references.set(own.references.get() - 1);
        if own.references.get() == 0 {
            // SAFETY: the reference that stood for those of this thread, and those that wait here, which are none from now on.
            unsafe { self.release(1 + u32::from(own.spare.take())) };
        }
    }

    /// Takes a task that is done out of the executor, with the executor's reference; where it is queued, once its turn comes.
    ///
    /// # Safety
    /// As for `release_here`.
    pub(super) unsafe fn leave(self) {
        // SAFETY: the caller has a reference.
        let header = unsafe { self.header() };
        header.set(DONE);
        if header.after.get().is_null() {
            header.after.set(GONE);
            // SAFETY: as the caller promises.
            unsafe { self.release_here() };
        }
    }

    /// Borrows the reference as a waker.
    ///
    /// # Safety
    /// It must be referred to for as long as the waker is used.
    pub(super) unsafe fn waker(self) -> ManuallyDrop<Waker> {
        // SAFETY: the functions of the table keep the waker's contract. It is never dropped, so it gives back no reference.
        ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(self.0.as_ptr().cast(), &WAKER)) })
    }
}

/// # Safety
/// As for [`TaskRef::run`], and it is a task of this kind of future.
unsafe fn poll<F: Future>(task: NonNull<Header>) -> bool {
    // SAFETY: it is a task of this kind, and the flags say that its stage is the future, which nobody else looks at.
    let future =
        unsafe { Pin::new_unchecked(&mut *(*(*task.cast::<Task<F>>().as_ptr()).stage.get()).future) };
    // SAFETY: the executor refers to it while this runs.
    let waker = unsafe { TaskRef(task).waker() };
    let polled = catch_unwind(AssertUnwindSafe(|| future.poll(&mut Context::from_waker(&waker))));
    let outcome = match polled {
        Ok(Poll::Pending) => return false,
        Ok(Poll::Ready(output)) => Ok(output),
        Err(panic) => Err(panic),
    };
    // SAFETY: as the caller promises.
    unsafe { finish::<F>(task, Some(outcome)) };
    true
}

/// # Safety
/// As for [`poll`].
unsafe fn cancel<F: Future>(task: NonNull<Header>) {
    // SAFETY: as the caller promises.
    unsafe { finish::<F>(task, None) };
}

/// Puts what came out in the place of the future, and wakes who waits for it.
///
/// # Safety
/// As for [`poll`].
unsafe fn finish<F: Future>(task: NonNull<Header>, outcome: Option<std::thread::Result<F::Output>>) {
    // SAFETY: the executor refers to it while this runs.
    let header = unsafe { TaskRef(task).header() };
    let stage = || {
        // SAFETY: it is a task of this kind; only this thread looks at its stage, and each use of this ends before the next.
        unsafe { &mut *(*task.cast::<Task<F>>().as_ptr()).stage.get() }
    };
    // First: what is dropped below may look at its own task.
    header.set(DONE);
    // SAFETY: until here it was not done, so the stage is the future; it is dropped where it was pinned, and once.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ManuallyDrop::drop(&mut stage().future) }));
    let outcome = if let Err(panic) = dropped { Some(Err(panic)) } else { outcome };
    if !header.is(HANDLE) {
        return;
    }
    *stage() = match outcome {
        Some(Ok(output)) => Stage { output: ManuallyDrop::new(output) },
        Some(Err(panic)) => {
            header.set(PANICKED);
            Stage { panic: ManuallyDrop::new(panic) }
        }
        None => {
            header.set(CANCELLED);
            Stage { nothing: () }
        }
    };
    header.set(TOLD);
    if let Some(joiner) = header.joiner.take() {
        joiner.wake();
    }
}

/// # Safety
/// As for [`TaskRef::take`], and it is a task of this kind of future.
unsafe fn take<F: Future>(task: NonNull<Header>, to: *mut ()) {
    // SAFETY: the handle refers to it while this runs.
    let header = unsafe { TaskRef(task).header() };
    header.unset(HANDLE);
    // SAFETY: it is done, so the stage is what the flags say; it is read once. The place is a result of this kind's output.
    unsafe {
        let stage = &mut *(*task.cast::<Task<F>>().as_ptr()).stage.get();
        let taken = if header.is(CANCELLED) {
            Err(JoinError(None))
        } else if header.is(PANICKED) {
            Err(JoinError(Some(ManuallyDrop::take(&mut stage.panic))))
        } else {
            Ok(ManuallyDrop::take(&mut stage.output))
        };
        to.cast::<Option<Result<F::Output, JoinError>>>().write(Some(taken));
    }
}

/// # Safety
/// Nobody refers to it any more, and it is a task of this kind of future.
unsafe fn free<F: Future>(task: NonNull<Header>) {
    // SAFETY: it was made by a box of this type. Its stage holds nothing: the executor has dropped the future, the handle taken the rest.
    let task = unsafe { Box::from_raw(task.cast::<Task<F>>().as_ptr()) };
    Core::give_back(task.header.core);
}

static WAKER: RawWakerVTable = RawWakerVTable::new(waker_clone, waker_wake, waker_wake_by_ref, waker_drop);

unsafe fn waker_clone(task: *const ()) -> RawWaker {
    // SAFETY: the waker that is cloned refers to the task.
    let header = unsafe { &*task.cast::<Header>() };
    let own = &header.node.own;
    if header.core.is_here() && own.spare.get() > 0 {
        own.spare.set(own.spare.get() - 1);
    } else {
        header.node.retain();
    }
    RawWaker::new(task, &WAKER)
}

unsafe fn waker_wake(task: *const ()) {
    // SAFETY: the waker refers to the task, and gives its reference back with this.
    unsafe {
        waker_wake_by_ref(task);
        waker_drop(task);
    }
}

unsafe fn waker_wake_by_ref(task: *const ()) {
    // SAFETY: a waker never holds a null pointer.
    let task = unsafe { TaskRef(NonNull::new_unchecked(task.cast::<Header>().cast_mut())) };
    // SAFETY: the waker refers to the task.
    let header = unsafe { task.header() };
    if header.core.is_here() {
        // Nothing atomic: a task that is woken where it runs costs a comparison and two links.
        header.core.queue(task);
        return;
    }
    // SAFETY: the waker refers to the task. The node is its first field.
    if unsafe { header.core.inbox.post(task.0.cast()) } == Posted::First {
        header.core.thread.unpark();
    }
}

unsafe fn waker_drop(task: *const ()) {
    // SAFETY: a waker never holds a null pointer.
    let task = unsafe { TaskRef(NonNull::new_unchecked(task.cast::<Header>().cast_mut())) };
    // SAFETY: the waker refers to the task.
    let header = unsafe { task.header() };
    let own = &header.node.own;
    // Once nobody here refers to the task, nobody would give back what waits.
    if header.core.is_here() && own.references.get() > 0 && own.spare.get() < u16::MAX {
        own.spare.set(own.spare.get() + 1);
    } else {
        // SAFETY: the waker had a reference.
        unsafe { task.release(1) };
    }
}
