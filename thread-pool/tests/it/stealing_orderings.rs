//! The sleep of the stealing pool, its queue of jobs from outside, and its stop, compiled against
//! Loom, which reorders what may be reordered: as they are, and once more without what they need. A
//! lost wake-up is a deadlock, which aborts the process under Loom: what is broken runs in a child.

use std::cell::Cell;
use std::sync::{Arc as StdArc, Mutex as QueueLock, OnceLock};

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use loom::thread;

/// Loom's, which takes no `const` block.
macro_rules! modelled_local {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = const $init:block;) => {
        loom::thread_local! { $(#[$attribute])* static $name: $type = $init; }
    };
}
use modelled_local as thread_local;

mod sync {
    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use std::sync::{Arc, PoisonError};
    pub(super) mod atomic {
        pub(in super::super) use loom::sync::atomic::{
            AtomicBool, AtomicU64, AtomicUsize, Ordering,
        };

        /// Orders nothing in a model without fences.
        pub(in super::super) fn fence(ordering: Ordering) {
            if super::super::FENCES.get() {
                loom::sync::atomic::fence(ordering);
            }
        }
    }
}
#[path = "../../src/pool/stealing/injector.rs"]
#[expect(dead_code, reason = "the model does not ask how many there are")]
mod injector;
#[path = "stealing_queues.rs"]
mod queues;
#[path = "../../src/pool/stealing/registry.rs"]
#[expect(dead_code, reason = "the model does not call all of it")]
mod registry;
#[path = "../../src/pool/stealing/sleep.rs"]
mod sleep;
#[path = "../../src/pool/stealing/worker.rs"]
#[expect(dead_code, reason = "the model does not call all of it")]
mod worker;

use queues::{Helper, ROUNDS, ROUNDS_OF_A_WAIT, with_helper};

std::thread_local! {
    /// Whether a fence is one. All threads of a model are one thread of the system.
    static FENCES: Cell<bool> = const { Cell::new(true) };
}

/// A job of a model: whether it queues another one.
struct Job(bool);

fn pause() {
    thread::yield_now();
}

/// Workers and jobs around a [`Sleep`](sleep::Sleep). Jobs from outside come in by the injector;
/// those of a worker are a number, on which nothing else is ordered.
struct Registry {
    sleep: sleep::Sleep,
    injector: injector::Injector<()>,
    own: AtomicU32,
}

/// A look at the queues.
type Look = fn(&Registry) -> bool;

impl Registry {
    fn new(workers: usize) -> Arc<Self> {
        let (sleep, injector) = (sleep::Sleep::new(workers), injector::Injector::new());
        Arc::new(Self { sleep, injector, own: AtomicU32::new(0) })
    }

    /// Takes one job from a worker, or a chunk from outside, of which it leaves what it has no use
    /// for to others.
    fn take(&self) -> bool {
        let taken = self.injector.take(Vec::new()).len() as u32;
        if taken > 1 {
            self.own.fetch_add(taken - 1, Relaxed);
            self.sleep.queued();
        }
        let own = self.own.load(Relaxed);
        taken > 0 || own > 0 && self.own.compare_exchange(own, own - 1, Relaxed, Relaxed).is_ok()
    }

    fn any(&self) -> bool {
        self.own.load(Relaxed) > 0 || !self.injector.is_empty()
    }

    /// As `any`, without the lock.
    fn seems_any(&self) -> bool {
        self.own.load(Relaxed) > 0 || self.injector.any()
    }

    /// As a submitter from outside.
    fn submit(&self, jobs: usize) -> bool {
        let taken = (0..jobs).all(|_| self.injector.push(()).is_ok());
        if taken {
            self.sleep.wake_if_nobody_looks();
        }
        taken
    }

    /// As a worker, from one of its jobs.
    fn queue(&self) {
        self.own.fetch_add(1, Relaxed);
        self.sleep.queued();
    }

    /// As a worker without work, until it has found one job, or the end; says whether it was a job.
    /// It looks at the queues once more when it has found something, and when it falls asleep.
    fn work(&self, number: usize, [found, asleep]: [Look; 2]) -> bool {
        self.sleep.search();
        let over = || self.injector.is_closed() && !self.any();
        loop {
            let job = self.take();
            if job || over() {
                self.sleep.found(|| found(self));
                return job;
            }
            self.sleep.sleep(number, || asleep(self) || over());
        }
    }
}

/// Starts a worker without work.
fn worker(registry: &Arc<Registry>, number: usize, looks: [Look; 2]) -> thread::JoinHandle<bool> {
    let registry = Arc::clone(registry);
    thread::spawn(move || registry.work(number, looks))
}

/// Follows a model in schedules of few preemptions.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Loom must find a schedule in which no thread can go on.
fn stops<M: Fn() + Send + Sync + 'static>(model: M) {
    crate::fails("deadlock", |model| check(2, model), model);
}

/// As the pool looks.
const LOOKS: [Look; 2] = [Registry::any; 2];

/// Workers without work, of which each does one job, and as many jobs from outside, for which one
/// wake-up does.
fn jobs_from_outside(workers: usize, looks: [Look; 2]) {
    let registry = Registry::new(workers);
    let started: Vec<_> = (0..workers).map(|number| worker(&registry, number, looks)).collect();
    assert!(registry.submit(workers));
    assert!(started.into_iter().all(|worker| worker.join().expect("it does not panic")));
}

/// A worker without work, and one that queues a job without ever doing it.
fn one_job_from_a_worker() {
    let registry = Registry::new(2);
    let worker = worker(&registry, 0, LOOKS);
    registry.queue();
    assert!(worker.join().expect("it does not panic"));
}

#[test]
fn no_wake_up_is_lost_between_a_submitter_and_a_worker() {
    loom::model(|| jobs_from_outside(1, LOOKS));
}

#[test]
fn no_wake_up_is_lost_that_is_spared_because_somebody_is_searching() {
    check(2, || jobs_from_outside(2, LOOKS));
}

#[test]
fn no_wake_up_is_lost_between_two_workers() {
    loom::model(one_job_from_a_worker);
}

#[test]
fn without_a_last_look_at_the_queues_loom_finds_a_lost_wake_up() {
    stops(|| jobs_from_outside(1, [Registry::any, |_| false]));
}

#[test]
fn without_a_look_by_the_last_one_who_was_searching_loom_finds_a_lost_wake_up() {
    stops(|| jobs_from_outside(2, [|_| false, Registry::any]));
}

#[test]
fn without_the_lock_at_the_last_look_loom_finds_a_lost_wake_up() {
    stops(|| {
        FENCES.set(false);
        jobs_from_outside(1, [Registry::any, Registry::seems_any]);
    });
}

/// The fences are for the workers' queues: the lock does for jobs from outside.
#[test]
fn without_the_fences_no_wake_up_is_lost_between_a_submitter_and_a_worker() {
    FENCES.set(false);
    loom::model(|| jobs_from_outside(1, LOOKS));
}

#[test]
fn without_the_fences_loom_finds_a_lost_wake_up() {
    stops(|| {
        FENCES.set(false);
        one_job_from_a_worker();
    });
}

#[test]
fn a_pool_that_is_closed_ends_and_whoever_got_in_before_has_its_job_done() {
    check(3, || {
        let registry = Registry::new(1);
        let [worker, submitter] = [(); 2].map(|()| Arc::clone(&registry));
        let worker = thread::spawn(move || (0..).take_while(|_| worker.work(0, LOOKS)).count());
        let submitter = thread::spawn(move || submitter.submit(1));
        registry.injector.close();
        registry.sleep.wake_all();
        let taken = submitter.join().expect("it does not panic");
        assert_eq!(worker.join().expect("it does not panic"), usize::from(taken));
    });
}

#[test]
fn a_worker_is_woken_for_what_it_waits_for() {
    loom::model(|| {
        let (registry, rung) = (Registry::new(1), Arc::new(AtomicBool::new(false)));
        let (registry2, rung2) = (Arc::clone(&registry), Arc::clone(&rung));
        let worker = thread::spawn(move || {
            registry2.sleep.search();
            while !rung2.load(Relaxed) {
                registry2.sleep.sleep(0, || rung2.load(Relaxed));
            }
        });
        rung.store(true, Relaxed);
        registry.sleep.wake(0);
        worker.join().expect("it does not panic");
    });
}

/// Stops a pool while the job of a worker queues another one: each is run, rejected or handed back.
fn stopped_while_a_job_queues() {
    std::thread_local! {
        static RAN: Cell<usize> = const { Cell::new(0) };
    }
    RAN.set(0);
    let registry2 = StdArc::new(OnceLock::<StdArc<registry::Registry>>::new());
    let theirs = StdArc::clone(&registry2);
    let (registry, own) = registry::Registry::new(
        1,
        Box::new(move |Job(queues_another)| {
            RAN.set(RAN.get() + 1);
            let registry = theirs.get().expect("it is set before the worker starts");
            if queues_another && registry.queue(Job(false)).is_err() {
                RAN.set(RAN.get() + 1);
            }
        }),
    );
    assert!(registry2.set(StdArc::clone(&registry)).is_ok());
    assert!(registry.queue(Job(true)).is_ok());
    let (registry3, own) = (StdArc::clone(&registry), own.into_iter().next());
    let worker = thread::spawn(move || {
        worker::Worker::work(registry3, 0, own.expect("there is one"));
    });
    registry.stop();
    // At once, as a job does that stops its own pool, and does not wait for the other workers.
    let handed_back = registry.rest().len();
    worker.join().expect("it does not panic");
    // The first one is run, and makes the second, or is handed back itself.
    let both = RAN.get() == 0 && handed_back == 1 || RAN.get() + handed_back == 2;
    assert!(both, "{} run or rejected, {handed_back} handed back", RAN.get());
}

#[test]
fn what_a_worker_queues_as_the_pool_is_stopped_is_run_rejected_or_handed_back() {
    check(2, stopped_while_a_job_queues);
}

#[test]
fn without_the_fences_loom_finds_a_job_that_a_stopped_pool_has_lost() {
    let model = || {
        FENCES.set(false);
        stopped_while_a_job_queues();
    };
    crate::fails("run or rejected", |model| check(2, model), model);
}
