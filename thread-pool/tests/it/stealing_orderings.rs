//! The sleep of the stealing pool, and its queue of jobs from outside, compiled against Loom, which
//! reorders what may be reordered: as it is, and once more without what it needs. A lost wake-up is
//! a deadlock, which aborts the process under Loom: what is broken runs in a child.

/// Compiles the file in a module, with that for a fence.
macro_rules! loomed {
    ($module:ident: $fence:path) => {
        #[path = ""]
        #[allow(dead_code, reason = "the tests below use a part of it")]
        mod $module {
            mod sync {
                pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
                pub(super) use std::sync::PoisonError;
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{
                        AtomicBool, AtomicU64, Ordering,
                    };
                    pub(in super::super) use $fence as fence;
                }
            }
            #[path = "../../src/pool/stealing/injector.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            mod injector;
            #[path = "../../src/pool/stealing/sleep.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            mod sleep;
            super::registry!(sleep, injector);
        }
    };
}

mod no {
    /// Orders nothing, where there should be a fence.
    pub(super) fn fence(_: loom::sync::atomic::Ordering) {}
}

/// Workers and jobs around a [`Sleep`]. Jobs from outside come in by the injector; those of a worker
/// are a number, on which nothing else is ordered.
macro_rules! registry {
    ($sleep:ident, $injector:ident) => {
        use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};

        pub(super) struct Registry {
            sleep: $sleep::Sleep,
            injector: $injector::Injector<()>,
            own: AtomicU32,
        }

        impl Registry {
            pub(super) fn new(workers: usize) -> loom::sync::Arc<Self> {
                loom::sync::Arc::new(Self {
                    sleep: $sleep::Sleep::new(workers),
                    injector: $injector::Injector::new(),
                    own: AtomicU32::new(0),
                })
            }

            /// Takes one job from a worker, or a chunk from outside, of which it leaves what it has
            /// no use for to others.
            fn take(&self) -> bool {
                let taken = self.injector.take(Vec::new()).len() as u32;
                if taken > 1 {
                    self.own.fetch_add(taken - 1, Relaxed);
                    self.sleep.queued();
                }
                let own = self.own.load(Relaxed);
                taken > 0
                    || own > 0 && self.own.compare_exchange(own, own - 1, Relaxed, Relaxed).is_ok()
            }

            pub(super) fn any(&self) -> bool {
                self.own.load(Relaxed) > 0 || !self.injector.is_empty()
            }

            /// As `any`, without the lock.
            pub(super) fn seems_any(&self) -> bool {
                self.own.load(Relaxed) > 0 || self.injector.any()
            }

            /// As a submitter from outside.
            pub(super) fn submit(&self, jobs: usize) -> bool {
                let taken = (0..jobs).all(|_| self.injector.push(()).is_ok());
                if taken {
                    self.sleep.wake_if_nobody_looks();
                }
                taken
            }

            /// As a worker, from one of its jobs.
            pub(super) fn queue(&self) {
                self.own.fetch_add(1, Relaxed);
                self.sleep.queued();
            }

            /// As a worker without work, until it has found one job, or the end; says whether it
            /// was a job. `more` are its looks at the queues: when it has found something, and when
            /// it falls asleep.
            pub(super) fn work(&self, number: usize, more: [fn(&Self) -> bool; 2]) -> bool {
                self.sleep.search();
                loop {
                    if self.take() {
                        self.sleep.found(|| more[0](self));
                        return true;
                    }
                    let over = || self.injector.is_closed() && !self.any();
                    if over() {
                        self.sleep.found(|| more[0](self));
                        return false;
                    }
                    self.sleep.sleep(number, || more[1](self) || over());
                }
            }

            /// As a worker, until what it waits for is there.
            pub(super) fn wait(&self, number: usize, there: impl Fn() -> bool) {
                self.sleep.search();
                while !there() {
                    self.sleep.sleep(number, &there);
                }
            }

            pub(super) fn wake(&self, number: usize) {
                self.sleep.wake(number);
            }

            pub(super) fn close(&self) {
                self.injector.close();
                self.sleep.wake_all();
            }
        }
    };
}
use registry;

loomed!(as_it_is: loom::sync::atomic::fence);
loomed!(no_fence: crate::stealing_orderings::no::fence);

/// Follows a model in schedules of few preemptions.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Loom must find a schedule in which no thread can go on.
fn stops<M: Fn() + Send + Sync + 'static>(preemptions: usize, model: M) {
    crate::fails("deadlock", move |model| check(preemptions, model), model);
}

/// A worker without work, and a job from outside.
macro_rules! one_job_from_outside {
    ($module:ident, $more:expr) => {
        || {
            let registry = $module::Registry::new(1);
            let registry2 = loom::sync::Arc::clone(&registry);
            let worker = loom::thread::spawn(move || registry2.work(0, $more));
            assert!(registry.submit(1));
            assert!(worker.join().expect("it does not panic"));
        }
    };
}

/// Two workers without work, of which each does one job, and two jobs from outside, for which one
/// wake-up does.
macro_rules! two_jobs_from_outside {
    ($module:ident, $more:expr) => {
        || {
            let registry = $module::Registry::new(2);
            let workers = [0, 1].map(|number| {
                let registry = loom::sync::Arc::clone(&registry);
                loom::thread::spawn(move || registry.work(number, $more))
            });
            assert!(registry.submit(2));
            assert!(workers.into_iter().all(|worker| worker.join().expect("it does not panic")));
        }
    };
}

/// A worker without work, and one that queues a job without ever doing it.
macro_rules! one_job_from_a_worker {
    ($module:ident) => {
        || {
            let registry = $module::Registry::new(2);
            let registry2 = loom::sync::Arc::clone(&registry);
            let worker =
                loom::thread::spawn(move || registry2.work(0, [$module::Registry::any; 2]));
            registry.queue();
            assert!(worker.join().expect("it does not panic"));
        }
    };
}

#[test]
fn no_wake_up_is_lost_between_a_submitter_and_a_worker() {
    loom::model(one_job_from_outside!(as_it_is, [as_it_is::Registry::any; 2]));
}

#[test]
fn no_wake_up_is_lost_that_is_spared_because_somebody_is_searching() {
    check(2, two_jobs_from_outside!(as_it_is, [as_it_is::Registry::any; 2]));
}

#[test]
fn no_wake_up_is_lost_between_two_workers() {
    loom::model(one_job_from_a_worker!(as_it_is));
}

#[test]
fn without_a_last_look_at_the_queues_loom_finds_a_lost_wake_up() {
    stops(2, one_job_from_outside!(as_it_is, [as_it_is::Registry::any, |_| false]));
}

#[test]
fn without_a_look_by_the_last_one_who_was_searching_loom_finds_a_lost_wake_up() {
    stops(2, two_jobs_from_outside!(as_it_is, [|_| false, as_it_is::Registry::any]));
}

#[test]
fn without_the_lock_at_the_last_look_loom_finds_a_lost_wake_up() {
    stops(
        2,
        one_job_from_outside!(no_fence, [no_fence::Registry::any, no_fence::Registry::seems_any]),
    );
}

/// The fences are for the workers' queues: the lock does for jobs from outside.
#[test]
fn without_the_fences_no_wake_up_is_lost_between_a_submitter_and_a_worker() {
    loom::model(one_job_from_outside!(no_fence, [no_fence::Registry::any; 2]));
}

#[test]
fn without_the_fences_loom_finds_a_lost_wake_up() {
    stops(2, one_job_from_a_worker!(no_fence));
}

#[test]
fn a_pool_that_is_closed_ends_and_whoever_got_in_before_has_its_job_done() {
    check(3, || {
        let registry = as_it_is::Registry::new(1);
        let [registry2, crew3] = [(); 2].map(|()| loom::sync::Arc::clone(&registry));
        let worker = loom::thread::spawn(move || {
            let mut done = 0;
            while registry2.work(0, [as_it_is::Registry::any; 2]) {
                done += 1;
            }
            done
        });
        let submitter = loom::thread::spawn(move || crew3.submit(1));
        registry.close();
        let taken = submitter.join().expect("it does not panic");
        assert_eq!(worker.join().expect("it does not panic"), i32::from(taken));
    });
}

#[test]
fn a_worker_is_woken_for_what_it_waits_for() {
    use loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
    loom::model(|| {
        let registry = as_it_is::Registry::new(1);
        let rung = loom::sync::Arc::new(AtomicBool::new(false));
        let (registry2, rung2) = (loom::sync::Arc::clone(&registry), loom::sync::Arc::clone(&rung));
        let worker = loom::thread::spawn(move || registry2.wait(0, || rung2.load(Relaxed)));
        rung.store(true, Relaxed);
        registry.wake(0);
        worker.join().expect("it does not panic");
    });
}
