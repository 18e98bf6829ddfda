//! What a worker does: where it looks for a job, and what it does while it waits.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Wake, Waker};

use super::queues::{Own, Queues};
use super::sleep::{Look, Sleep, Woken};
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicUsize};
use super::sync::{Arc, Mutex, MutexGuard, PoisonError};
use super::{Helper, Job, ROUNDS, helped_by, pause, thread_local};

thread_local! {
    /// The worker that this thread is, if it is one.
    static THIS: RefCell<Option<Rc<Worker>>> = const { RefCell::new(None) };
}

/// After so many jobs, a worker looks at the jobs from outside before its own, or its own might keep it from them for ever.
const TURN: usize = 61;

/// What the workers and the submitters share.
pub(super) struct Crew {
    pub(super) queues: Queues,
    pub(super) sleep: Sleep,
    /// Nobody begins another job, except for whoever waits for one.
    stopped: AtomicBool,
    /// What was queued then. It is handed back, but for what is begun by those who wait.
    left: Mutex<Vec<Job>>,
    tallies: Box<[Counted]>,
    /// Runs a job, whatever it does.
    run: Box<dyn Fn(Job) + Send + Sync>,
}

/// Says what a worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Jobs that it has run.
    pub ran: usize,
    /// Jobs that it has taken from other workers.
    pub stolen: usize,
}

/// Written by its worker alone; a line of memory for each.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counted {
    ran: AtomicUsize,
    stolen: AtomicUsize,
}

impl Crew {
    /// Makes what they share, and each worker's own queue.
    pub(super) fn new(workers: usize, run: Box<dyn Fn(Job) + Send + Sync>) -> (Arc<Self>, Vec<Own>) {
        let (queues, own) = Queues::new(workers);
        let tallies = (0..workers).map(|_| Counted::default()).collect();
        let (stopped, left) = (AtomicBool::new(false), Mutex::default());
        (Arc::new(Self { queues, sleep: Sleep::new(workers), stopped, left, tallies, run }), own)
    }

    /// Queues a job: with this worker, if this thread is one of the crew, and from outside otherwise. Not if it was closed: it is handed back.
    pub(super) fn queue(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        Worker::with(self, |worker| match worker {
            Some(worker) => worker.queue(Some(job)).map_err(|job| job.expect("it was not queued")),
            None => self.queues.inlet.push(job).map(|()| self.sleep.queued_under_lock()),
        })
    }

    /// Queues jobs, likewise.
    pub(super) fn queue_all(self: &Arc<Self>, jobs: Vec<Job>) -> Result<(), Vec<Job>> {
        Worker::with(self, |worker| match worker {
            Some(worker) => worker.queue(jobs),
            None => self.queues.inlet.push_all(jobs).map(|()| self.sleep.queued_under_lock()),
        })
    }

    /// Takes nothing any more, and wakes all.
    pub(super) fn close(&self) {
        self.queues.inlet.close();
        self.sleep.wake_all();
    }

    /// Takes nothing any more, lets nobody begin another job, and empties the queues.
    ///
    /// # Memory ordering
    /// Release; its partner is the Acquire of a worker that asks.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Release);
        self.close();
        self.left().extend(self.queues.drain());
        // While they were on their way, who waits for one of them saw them nowhere.
        self.sleep.wake_all();
    }

    /// Returns what nobody has begun, and nobody will. The workers have ended, but for this one, if this thread is one.
    pub(super) fn rest(&self) -> Vec<Job> {
        let left = std::mem::take(&mut *self.left());
        left.into_iter().chain(self.queues.drain()).collect()
    }

    fn left(&self) -> MutexGuard<'_, Vec<Job>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Acquire)
    }

    /// Says whether there is nothing to do; for who waits for a job, what is to be handed back is something.
    fn is_idle(&self, waits: bool) -> bool {
        self.queues.is_empty() && !(waits && self.is_stopped() && !self.left().is_empty())
    }

    /// Looks before a worker sleeps. Who `waits` for a job does not end with the pool.
    fn look(&self, waits: bool) -> Look {
        if !self.is_idle(waits) {
            Look::Work
        } else if !waits && self.queues.inlet.is_at_its_end() {
            Look::End
        } else {
            Look::Nothing
        }
    }

    pub(super) fn tallies(&self) -> Vec<Tally> {
        // Relaxed: numbers that nothing follows from.
        let read =
            |tally: &Counted| Tally { ran: tally.ran.load(Relaxed), stolen: tally.stolen.load(Relaxed) };
        self.tallies.iter().map(read).collect()
    }
}

/// One worker, on its own thread.
pub(super) struct Worker {
    crew: Arc<Crew>,
    number: usize,
    pub(super) own: Own,
    alarm: Arc<Alarm>,
    /// Rings the alarm.
    pub(super) waker: Waker,
}

impl Worker {
    /// Works until the pool is closed and nothing will come any more.
    pub(super) fn work(crew: Arc<Crew>, number: usize, own: Own) {
        let alarm = Arc::new(Alarm { crew: Arc::clone(&crew), number, rung: AtomicBool::new(false) });
        let waker = Waker::from(Arc::clone(&alarm));
        let worker = Rc::new(Self { crew, number, own, alarm, waker });
        THIS.with(|this| *this.borrow_mut() = Some(Rc::clone(&worker)));
        helped_by(worker.clone());
        while let Some(job) = worker.find(false, || worker.crew.is_stopped()) {
            worker.run(job);
        }
        THIS.with(|this| *this.borrow_mut() = None);
        // What is left in its own queue, if they were told to stop, is for whoever waits for it.
        worker.crew.sleep.search();
        worker.crew.sleep.found(|| !worker.crew.is_idle(true));
    }

    /// Does something with the worker that this thread is, if it is one of that crew.
    pub(super) fn with<R>(crew: &Arc<Crew>, work: impl FnOnce(Option<&Self>) -> R) -> R {
        let mut work = Some(work);
        let mut work = |worker: Option<&Self>| work.take().map(|work| work(worker));
        let found = THIS.try_with(|this| {
            // Shared: `work` comes here again for the jobs that it runs.
            work(this.borrow().as_deref().filter(|worker| Arc::ptr_eq(&worker.crew, crew)))
        });
        // A thread that ends is none any more.
        found.ok().flatten().or_else(|| work(None)).expect("it is called once")
    }

    /// Queues a job that this worker waits for, so that it is run even if the pool is closed.
    pub(super) fn fork(&self, job: Job) {
        self.own.push(job);
        self.crew.sleep.queued();
    }

    fn queue<J: IntoIterator<Item = Job>>(&self, jobs: J) -> Result<(), J> {
        if self.crew.queues.inlet.is_closed() {
            return Err(jobs);
        }
        jobs.into_iter().for_each(|job| self.own.push(job));
        self.crew.sleep.queued();
        Ok(())
    }

    pub(super) fn run(&self, job: Job) {
        add(&self.crew.tallies[self.number].ran, 1);
        (self.crew.run)(job);
    }

    /// Finds a job; sleeps where there is none. `None` when `done`, or when nothing will come any more; not so if this worker `waits`
    /// for a job.
    ///
    /// # Blocking
    /// Until then. Who changes what `done` says has to [`wake`](Sleep::wake) it.
    fn find(&self, waits: bool, done: impl Fn() -> bool) -> Option<Job> {
        if done() {
            return None;
        }
        if let Some(job) = self.at_hand() {
            return Some(job);
        }
        let sleep = &self.crew.sleep;
        sleep.search();
        loop {
            for _ in 0..=ROUNDS {
                let job = if done() { None } else { self.look(waits) };
                if job.is_some() || done() {
                    sleep.found(|| !self.crew.is_idle(true));
                    return job;
                }
                pause();
            }
            if sleep.sleep(self.number, || if done() { Look::Work } else { self.crew.look(waits) })
                == Woken::Ended
            {
                return None;
            }
        }
    }

    /// Runs one job, or passes some time.
    pub(super) fn help(&self) {
        match self.at_hand().or_else(|| self.steal()) {
            Some(job) => self.run(job),
            None => pause(),
        }
    }

    /// Takes the next job that can be had without a search.
    fn at_hand(&self) -> Option<Job> {
        let turn = self.crew.tallies[self.number].ran.load(Relaxed) % TURN == TURN - 1;
        let injected = if turn { self.take_injected() } else { None };
        injected.or_else(|| self.own.pop()).or_else(|| self.take_injected())
    }

    /// Looks everywhere but in its own queue, which is empty.
    fn look(&self, waits: bool) -> Option<Job> {
        let found = self.take_injected().or_else(|| self.steal());
        found.or_else(|| if waits && self.crew.is_stopped() { self.crew.left().pop() } else { None })
    }

    fn take_injected(&self) -> Option<Job> {
        let job = self.crew.queues.take_injected(&self.own)?;
        if self.own.len() > 0 {
            // On their way they were in no queue, and whoever looked for work then may sleep now.
            self.crew.sleep.queued();
        }
        Some(job)
    }

    fn steal(&self) -> Option<Job> {
        let workers = self.crew.tallies.len();
        (1..workers).find_map(|next| {
            let job = self.crew.queues.steal((self.number + next) % workers, &self.own)?;
            // Its own queue was empty before.
            add(&self.crew.tallies[self.number].stolen, 1 + self.own.len());
            Some(job)
        })
    }
}

impl Helper for Worker {
    /// A job that is run so lies on top of the stack of the one that waits, which does not go on before it has ended.
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool) {
        loop {
            // A wait in a job that is run meanwhile does the same, and may so miss what was meant for this one: `over` is asked after each job.
            // An exchange, and Acquire: either `over` sees what was reached before the alarm was rung, or the ring comes after this, and stays.
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

/// Wakes a worker for what it waits for.
struct Alarm {
    crew: Arc<Crew>,
    number: usize,
    rung: AtomicBool,
}

impl Wake for Alarm {
    /// # Memory ordering
    /// Release, for the Acquire of who waits: but what has been reached is guarded by the future itself.
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Release);
        self.crew.sleep.wake(self.number);
    }
}

fn add(counter: &AtomicUsize, more: usize) {
    // No other thread writes it.
    counter.store(counter.load(Relaxed) + more, Relaxed);
}
