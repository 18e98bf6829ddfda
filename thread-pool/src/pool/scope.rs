//! Scoped tasks, which borrow from the stack of the thread that waits for them.
//!
//! A job is `'static`, for a queue may keep it for any time; a task that borrows is not. It can be a
//! job all the same, because the scope does not end before the job is run or dropped, whatever
//! happens: each job has a reference count on `Open`, and the scope waits until that is dropped.
//!
//! # Source
//! The shape, and its lifetimes, are those of [`std::thread::scope`].
#![expect(unsafe_code, reason = "a borrowed task is queued as if it borrowed nothing")]

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use kit::real::lane::lock;

use super::on_panic::{AbortOnUnwind, discard};
use super::outcome::{Outcome, Payload, TaskError};
use crate::{Handle, Job, Pool, Reason};

/// A scope for tasks that may borrow what outlives the call of [`Pool::scope`].
///
/// What a task borrows has to live on until the scope's end, so it cannot be something that is made
/// within; nor may two tasks write to the same thing; and the scope itself stays where it is:
///
/// ```compile_fail,E0373
/// # use thread_pool::{Builder, ChannelPool, Pool};
/// # let pool: ChannelPool = Builder::new().build().unwrap();
/// pool.scope(|scope| {
///     let inside = vec![1, 2, 3];
///     scope.spawn(|| inside.len()).unwrap();
/// });
/// ```
///
/// ```compile_fail,E0499
/// # use thread_pool::{Builder, ChannelPool, Pool};
/// # let pool: ChannelPool = Builder::new().build().unwrap();
/// let mut sum = 0;
/// pool.scope(|scope| {
///     scope.spawn(|| sum += 1).unwrap();
///     scope.spawn(|| sum += 1).unwrap();
/// });
/// ```
///
/// ```compile_fail,E0521
/// # use thread_pool::{Builder, ChannelPool, Pool};
/// # let pool: ChannelPool = Builder::new().build().unwrap();
/// let mut kept = None;
/// pool.scope(|scope| kept = Some(scope));
/// ```
pub struct Scope<'scope, 'env: 'scope> {
    pool: &'env dyn Pool,
    /// Counted by the function and by each task: what can reach the scope keeps it open.
    open: Weak<Open>,
    unseen: Arc<Mutex<Option<Payload>>>,
    // Neither lifetime may be taken for a longer or a shorter one.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// What a scope and its jobs share. Dropping the last reference drops the job in it, whose handle
/// the scope waits for: nothing of the scope is left then.
struct Open(#[expect(dead_code, reason = "it is there to be dropped")] Mutex<Job>);

/// The handle of a scoped task. Dropped, it leaves the waiting to the scope.
pub struct ScopedHandle<T> {
    handle: Handle<()>,
    packet: Arc<Packet<T>>,
}

/// The result, shared by the task and the handle.
struct Packet<T> {
    result: Mutex<Option<Result<T, Payload>>>,
    unseen: Arc<Mutex<Option<Payload>>>,
}

/// What is queued. Its fields are dropped in this order.
struct Borrowed {
    task: Box<dyn FnOnce() + Send>,
    open: Arc<Open>,
}

pub(crate) fn scope<'env, R>(
    pool: &'env dyn Pool,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
) -> R {
    let (open, closed) = Handle::of(|| ());
    let open = Arc::new(Open(Mutex::new(open)));
    let unseen = Arc::default();
    let scope = Scope {
        pool,
        open: Arc::downgrade(&open),
        unseen: Arc::clone(&unseen),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = catch_unwind(AssertUnwindSafe(|| body(&scope)));
    let waits = AbortOnUnwind;
    drop(open);
    let dropped = closed.wait();
    debug_assert!(matches!(dropped, Err(TaskError::Dropped)));
    mem::forget(waits);
    let unseen = lock(&unseen).take();
    // A destructor that panics while a panic unwinds aborts: what is left is dropped before, and
    // apart.
    match (result, unseen) {
        (Ok(result), None) => result,
        (Ok(result), Some(panic)) => {
            discard(result);
            resume_unwind(panic)
        }
        (Err(panic), unseen) => {
            discard(unseen);
            resume_unwind(panic)
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Queues a task.
    ///
    /// # Errors
    /// [`Reason`], if the pool does not take it. The task is dropped.
    pub fn spawn<T: Send + 'scope>(
        &'scope self,
        task: impl FnOnce() -> T + Send + 'scope,
    ) -> Result<ScopedHandle<T>, Reason> {
        let packet =
            Arc::new(Packet { result: Mutex::new(None), unseen: Arc::clone(&self.unseen) });
        let sender = Arc::clone(&packet);
        let task: Box<dyn FnOnce() + Send + 'scope> = Box::new(move || {
            let result = catch_unwind(AssertUnwindSafe(task));
            *lock(&sender.result) = Some(result);
        });
        // SAFETY: `transmute` asks for the same layout: only a lifetime changes. The box must not be
        // used after `'scope`, and what it borrows lives until `scope` returns or unwinds. It does
        // neither while a reference to `open` exists (`AbortOnUnwind` aborts else), and the box never
        // exists without one: `Borrowed` is its only owner, and whether that is run, cancelled, dropped
        // or unwound, the box and all it holds is gone before the reference is. Forgotten, it keeps
        // the reference, and the scope waits for ever.
        let task: Box<dyn FnOnce() + Send> = unsafe {
            mem::transmute::<Box<dyn FnOnce() + Send + 'scope>, Box<dyn FnOnce() + Send>>(task)
        };
        let open = self.open.upgrade().expect("the scope has not ended");
        let borrowed = Borrowed { task, open };
        let (job, handle) = Handle::of(move || borrowed.run());
        self.pool.execute(job).map_err(|rejected| rejected.reason)?;
        Ok(ScopedHandle { handle, packet })
    }
}

impl Borrowed {
    fn run(self) {
        let Self { task, open } = self;
        task();
        drop(open);
    }
}

impl<T: Send> ScopedHandle<T> {
    /// Waits for the outcome of the task, as [`Handle::wait`] does.
    pub fn wait(self) -> Outcome<T> {
        self.handle.wait()?;
        let result =
            lock(&self.packet.result).take().expect("it has been run, and was not asked before");
        result.map_err(TaskError::Panicked)
    }
}

impl<T> Drop for Packet<T> {
    /// Leaves a panic that was not taken to the scope.
    fn drop(&mut self) {
        if let Some(Err(panic)) =
            self.result.get_mut().unwrap_or_else(PoisonError::into_inner).take()
        {
            let mut unseen = lock(&self.unseen);
            if unseen.is_none() {
                *unseen = Some(panic);
            } else {
                // The scope resumes the first; a panic may be unwinding here already.
                drop(unseen);
                discard(panic);
            }
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedHandle").field("handle", &self.handle).finish_non_exhaustive()
    }
}
