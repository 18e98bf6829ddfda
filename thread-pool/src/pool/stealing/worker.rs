//! A worker: where it looks for a job, and what it does while it waits.
#![expect(
    unsafe_code,
    reason = "a thread finds its worker by a pointer, without counting references"
)]

use std::cell::Cell;
use std::ptr;
use std::rc::Rc;
use std::task::{Wake, Waker};

use super::queues::LocalQueue;
use super::registry::{Counters, Registry};
use super::sync::Arc;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicUsize};
use super::{Helper, Job, ROUNDS, ROUNDS_OF_A_WAIT, pause, thread_local, with_helper};

thread_local! {
    /// The worker that this thread is, or null.
    static THIS: Cell<*const Worker> = const { Cell::new(ptr::null()) };
}

struct Here;

impl Drop for Here {
    fn drop(&mut self) {
        THIS.with(|this| this.set(ptr::null()));
    }
}

/// Every 61st job (Go's number), a worker looks into the injector before its own deque, which could
/// starve the jobs from outside.
const TURN: usize = 61;

/// One worker, on its own thread.
pub(super) struct Worker {
    registry: Arc<Registry>,
    number: usize,
    pub(super) own: LocalQueue,
    alarm: Arc<Alarm>,
    /// Rings the alarm.
    pub(super) waker: Waker,
}

impl Worker {
    /// Works until the pool is closed and no job is left.
    pub(super) fn work(registry: Arc<Registry>, number: usize, own: LocalQueue) {
        let rung = AtomicBool::new(false);
        let alarm = Arc::new(Alarm { registry: Arc::clone(&registry), number, rung });
        let waker = Waker::from(Arc::clone(&alarm));
        let worker = Rc::new(Self { registry, number, own, alarm, waker });
        THIS.with(|this| this.set(&raw const *worker));
        let here = Here;
        with_helper(worker.clone(), || {
            while let Some(job) = worker.find(false, || worker.registry.is_stopped()) {
                worker.run(job);
            }
        });
        drop(here);
        // It may have been woken for a job that only a worker that waits may run.
        worker.registry.sleep.search();
        worker.registry.sleep.found(|| !worker.registry.is_idle(true));
    }

    /// Calls a function with the worker that this thread is, if it is one of that pool's.
    pub(super) fn with<R>(registry: &Arc<Registry>, call: impl FnOnce(Option<&Self>) -> R) -> R {
        // SAFETY: null, or what `work` has set on this thread, and resets before it drops the worker,
        // also when it unwinds. So `work` is below this frame, and the worker is there until `call`
        // has returned, with which the reference ends. It is shared, as is that of `work`.
        let this = unsafe { THIS.with(Cell::get).as_ref() };
        call(this.filter(|worker| Arc::ptr_eq(&worker.registry, registry)))
    }

    /// Queues a job that this worker waits for, so that it is run even if the pool is closed.
    ///
    /// # Memory ordering
    /// No fence between queueing the job and the look for a sleeper: a worker that falls asleep at
    /// this very moment may miss the job. Then this worker runs it itself, as it would if the other
    /// were busy, or its next fork wakes the other.
    pub(super) fn fork(&self, job: Job) {
        self.own.push(job);
        self.registry.sleep.wake_if_nobody_looks();
    }

    /// Queues a job; hands it back, if the pool is closed, or is being stopped and has not drained it.
    pub(super) fn queue(&self, job: Job) -> Result<(), Job> {
        // Seen late, perhaps: then this worker has the job, and does not end before it is run.
        if self.registry.queues.injector.is_closed() {
            return Err(job);
        }
        self.own.push(job);
        self.registry.sleep.queued();
        // It may have come after the others were drained. Those are taken from the other end: if any
        // is left, it is this one.
        if self.registry.is_stopped() { self.own.pop().map_or(Ok(()), Err) } else { Ok(()) }
    }

    pub(super) fn run(&self, job: Job) {
        add(&self.counters().ran, 1);
        (self.registry.run)(job);
    }

    /// Finds a job; parks where there is none. `None` when `done`, or when the pool has come to its
    /// end; not so if this worker `waits` for a job.
    /// A thread that changes what `done` returns has to [`wake`](super::sleep::Sleep) this worker.
    fn find(&self, waits: bool, done: impl Fn() -> bool) -> Option<Job> {
        if done() {
            return None;
        }
        if let Some(job) = self.at_hand() {
            return Some(job);
        }
        let sleep = &self.registry.sleep;
        sleep.search();
        let over = || done() || !waits && self.registry.is_at_its_end();
        let rounds = if waits { ROUNDS_OF_A_WAIT } else { ROUNDS };
        loop {
            for _ in 0..=rounds {
                let job = if over() { None } else { self.look(waits) };
                if job.is_some() || over() {
                    sleep.found(|| !self.registry.is_idle(true));
                    return job;
                }
                pause();
            }
            // In this order: a pool that was closed, but not empty, may be empty a moment later.
            sleep.sleep(self.number, || !self.registry.is_idle(waits) || over());
        }
    }

    pub(super) fn help(&self) {
        match self.at_hand().or_else(|| self.steal(true)) {
            Some(job) => self.run(job),
            None => pause(),
        }
    }

    /// Takes the next job that can be had without a search.
    fn at_hand(&self) -> Option<Job> {
        let turn = self.counters().ran.load(Relaxed) % TURN == TURN - 1;
        let injected = if turn { self.take_injected() } else { None };
        injected.or_else(|| self.own.pop()).or_else(|| self.take_injected())
    }

    /// Looks everywhere but in its own deque, which is empty.
    fn look(&self, waits: bool) -> Option<Job> {
        let left =
            || if waits && self.registry.is_stopped() { self.registry.left().pop() } else { None };
        self.take_injected().or_else(|| self.steal(waits)).or_else(left)
    }

    fn take_injected(&self) -> Option<Job> {
        if !self.registry.queues.injector.any() {
            return None;
        }
        let moving = self.counters().lock();
        let job = self.registry.queues.take_injected(&self.own);
        drop(moving);
        let job = job?;
        if self.own.len() > 0 {
            // On their way they were in no queue, and a worker that looked for work may be parked.
            self.registry.sleep.queued();
        }
        Some(job)
    }

    /// Steals jobs: a batch, or one alone if this worker `waits`, for it goes on as soon as it can.
    fn steal(&self, waits: bool) -> Option<Job> {
        let (workers, queues) = (self.registry.counters.len(), &self.registry.queues);
        (1..workers).find_map(|next| {
            let from = (self.number + next) % workers;
            if !queues.has_any(from) {
                return None;
            }
            let moving = self.counters().lock();
            // What is moved while the pool is being stopped would be found by no other worker.
            let one = waits || self.registry.is_stopped();
            let job = if one { queues.steal_one(from) } else { queues.steal(from, &self.own) };
            drop(moving);
            let job = job?;
            // Its own deque was empty before.
            add(&self.counters().stolen, 1 + self.own.len());
            Some(job)
        })
    }

    fn counters(&self) -> &Counters {
        &self.registry.counters[self.number]
    }
}

impl Helper for Worker {
    /// A job that is run here lies on top of the stack of the one that waits, which goes on only
    /// after it has ended.
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool) {
        loop {
            // A wait in a job that is run meanwhile resets the alarm, too, and may so miss a ring
            // for this one: `over` is asked after each job. A swap, and Acquire: either `over` sees
            // what happened before the ring, or the ring comes after this, and stays.
            self.alarm.rung.swap(false, Acquire);
            if over(&self.waker) {
                return;
            }
            if let Some(job) = self.find(true, || self.alarm.rung.load(Acquire)) {
                self.run(job);
            }
        }
    }
}

/// What wakes a worker for what it waits for.
struct Alarm {
    registry: Arc<Registry>,
    number: usize,
    rung: AtomicBool,
}

impl Wake for Alarm {
    /// # Memory ordering
    /// Release, for the Acquire of the worker that waits; what has been reached is guarded by the
    /// future itself.
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Release);
        self.registry.sleep.wake(self.number);
    }
}

fn add(counter: &AtomicUsize, more: usize) {
    // No other thread writes it.
    counter.store(counter.load(Relaxed) + more, Relaxed);
}
