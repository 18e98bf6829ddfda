//! Fork and join of two closures, for divide and conquer: no allocation, and a closure that is not
//! stolen is called as any function is.
//!
//! # Source
//! The shape is that of `rayon::join`, after Cilk's spawn (Frigo, Leiserson, Randall, "The
//! Implementation of the Cilk-5 Multithreaded Language", 1998): the work-first principle moves
//! the cost of a fork to the thief.
#![expect(unsafe_code, reason = "a closure on this stack is queued")]

use std::cell::OnceCell;
use std::future::poll_fn;
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Poll;
use std::thread;

use super::StealingPool;
use super::stack_job::{Slot, StackJob};
use super::worker::Worker;
use crate::pool::block_on::{Helper, block_on};
use crate::pool::capacity::Capacity;
use crate::pool::on_panic::{AbortOnUnwind, discard};
use crate::{Job, Pool};

impl StealingPool {
    /// Calls two closures, in parallel if a worker is free, and returns what both return.
    ///
    /// On a worker, the second is queued while it calls the first; if it has not been stolen then,
    /// the worker calls it as well: one that fell asleep at that moment may have missed it, and so
    /// neither closure may wait for the other. From outside, the whole is one job. Where the pool
    /// takes no job (it is shut down, or its queue is full), both are called here, one after the other.
    ///
    /// ```
    /// use thread_pool::{Builder, StealingPool};
    ///
    /// fn sum(pool: &StealingPool, numbers: &[u64]) -> u64 {
    ///     // A fork costs little, but not nothing: what is small is done at once.
    ///     if numbers.len() <= 1_000 {
    ///         return numbers.iter().sum();
    ///     }
    ///     let (left, right) = numbers.split_at(numbers.len() / 2);
    ///     let (left, right) = pool.join(|| sum(pool, left), || sum(pool, right));
    ///     left + right
    /// }
    ///
    /// let pool: StealingPool = Builder::new().workers(2).build()?;
    /// let numbers: Vec<_> = (1..=10_000).collect();
    /// assert_eq!(sum(&pool, &numbers), 50_005_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// If one of the two does: with the panic of the first, if both do. If the first does and the
    /// second has not begun, that is not called.
    ///
    /// # Blocking
    /// Until both are over. A worker runs other jobs meanwhile.
    pub fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        Worker::with(&self.registry, |worker| match worker {
            Some(worker) => self.join_on(worker, a, b),
            None => self.enter(|| {
                Worker::with(&self.registry, |worker| match worker {
                    Some(worker) => self.join_on(worker, a, b),
                    None => in_turn(a, b),
                })
            }),
        })
    }

    fn join_on<A, B: Send>(
        &self,
        worker: &Worker,
        a: impl FnOnce() -> A,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        if !self.admission.capacity().is_none_or(Capacity::try_acquire) {
            return in_turn(a, b);
        }
        let stack_job = ManuallyDrop::new(StackJob::new(b, &worker.waker));
        let queued = AbortOnUnwind;
        // SAFETY: `stack_job` is not moved, and stays there until the job is called or dropped, for
        // this frame is not left before `bring_back` has returned, nor unwound. Its one job is made
        // here.
        worker.fork(unsafe { job(&stack_job) });
        let a = catch_unwind(AssertUnwindSafe(a));
        self.bring_back(worker, &stack_job);
        mem::forget(queued);
        // SAFETY: `bring_back` has seen it over, or has forgotten its one job, which was this thread's
        // then. `ManuallyDrop` does not drop it again.
        match (a, unsafe { stack_job.take() }) {
            (Ok(a), Slot::Work(b)) => and_then(a, b),
            (a, b) => both(a, b),
        }
    }

    /// Takes the job that points to `stack_job` out of the worker's own queue, or, if it was stolen,
    /// runs other jobs until it is over.
    fn bring_back<F: FnOnce() -> R, R>(&self, worker: &Worker, stack_job: &StackJob<'_, F, R>) {
        while !stack_job.is_over() {
            match worker.own.pop() {
                Some(job) if job.is_at(stack_job) => {
                    mem::forget(job);
                    return self.admission.capacity().into_iter().for_each(Capacity::release);
                }
                Some(job) => worker.run(job),
                None => worker.wait(&mut |_| stack_job.is_over()),
            }
        }
    }

    /// Calls a closure on a worker, and here if the pool does not take it.
    fn enter<R: Send>(&self, function: impl FnOnce() -> R + Send) -> R {
        let (waker, stack_job) = (OnceCell::new(), OnceCell::new());
        let (mut function, queued) = (Some(function), AbortOnUnwind);
        block_on(poll_fn(|context| {
            if let Some(function) = function.take() {
                let waker = waker.get_or_init(|| context.waker().clone());
                // Not by the reference with which the cell is filled: that one is exclusive, and the
                // cell is read again below.
                stack_job.get_or_init(|| ManuallyDrop::new(StackJob::new(function, waker)));
                let stack_job = stack_job.get().expect("it was filled");
                // SAFETY: it is in a cell that outlives the poll, is not moved, and stays there until
                // `block_on` has seen it over, for this frame is not unwound before. The function is
                // taken once, so this is its one job.
                // One that is rejected is dropped, and so is over.
                drop(self.execute(unsafe { job(stack_job) }));
            }
            if stack_job.get().is_some_and(|stack_job| stack_job.is_over()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        mem::forget(queued);
        // SAFETY: this is the thread that waits for it, and has seen it over. `ManuallyDrop` does not
        // drop it again.
        result(unsafe { stack_job.get().expect("it was polled").take() })
    }
}

/// Makes the job of a closure in a stack frame.
///
/// # Safety
/// That of [`StackJob::pointer`].
unsafe fn job<F: FnOnce() -> R + Send, R: Send>(stack_job: &StackJob<'_, F, R>) -> Job {
    // SAFETY: the caller promises that the pointer stays valid, and that it is the one.
    unsafe {
        let pointer = stack_job.pointer();
        Job::stacked(move || pointer.call())
    }
}

/// Calls one closure, and then the other.
fn in_turn<A, B>(a: impl FnOnce() -> A, b: impl FnOnce() -> B) -> (A, B) {
    let a = a();
    and_then(a, b)
}

/// Calls the second closure, when the first has returned `a`, which is dropped before a panic of
/// the second goes on, as in [`both`].
#[inline]
fn and_then<A, B>(a: A, b: impl FnOnce() -> B) -> (A, B) {
    match catch_unwind(AssertUnwindSafe(b)) {
        Ok(b) => (a, b),
        Err(panic) => {
            discard(a);
            resume_unwind(panic)
        }
    }
}

/// Returns what `join` does where the second was stolen. Out of line, for that is rare.
#[cold]
#[inline(never)]
fn both<A, F: FnOnce() -> B, B>(a: thread::Result<A>, b: Slot<F, B>) -> (A, B) {
    // A destructor that panics while a panic unwinds aborts: what is left is dropped before, and
    // apart.
    match (a, b) {
        (Err(panic), b) => {
            discard(b);
            resume_unwind(panic)
        }
        (Ok(a), Slot::Outcome(Err(panic))) => {
            discard(a);
            resume_unwind(panic)
        }
        (Ok(a), b) => (a, result(b)),
    }
}

/// Returns the result of a closure that was called; calls it, if it was not.
fn result<F: FnOnce() -> R, R>(slot: Slot<F, R>) -> R {
    match slot {
        Slot::Work(work) => work(),
        Slot::Outcome(outcome) => outcome.unwrap_or_else(|panic| resume_unwind(panic)),
    }
}
