//! The stealing pool's workers and their sleep, the pool's own source, compiled against Shuttle, on
//! queues that it knows: no job lost, none run twice, no worker asleep beside a job that waits
//! (that would be a deadlock here), and an end in every schedule that is drawn.

use std::task::Waker;

use shuttle::{sync, thread, thread_local};
use stage::{Bound, explore, model};
use thread_pool::Job;

#[path = "../../src/pool/stealing/injector.rs"]
#[expect(dead_code, reason = "the model does not ask how many there are")]
mod injector;
#[path = "stealing_queues.rs"]
mod queues;
#[path = "../../src/pool/stealing/registry.rs"]
#[expect(dead_code, reason = "it is used as a whole in the library")]
mod registry;
#[path = "../../src/pool/stealing/sleep.rs"]
mod sleep;
#[path = "../../src/pool/stealing/worker.rs"]
#[expect(dead_code, reason = "the model does not call all of it")]
mod worker;

use queues::{Helper, ROUNDS, ROUNDS_OF_A_WAIT, with_helper};
use registry::Registry;
use sync::atomic::{AtomicU32, Ordering::Relaxed};
use sync::{Arc, Mutex, Mutex as QueueLock};
use worker::Worker;

fn pause() {
    thread::yield_now();
}

/// Starts a registry of two.
fn registry() -> (Arc<Registry>, [thread::JoinHandle<()>; 2]) {
    let (registry, own) = Registry::new(2, Box::new(Job::run));
    let mut own = (0..).zip(own);
    let workers = [(); 2].map(|()| {
        let (registry, (number, own)) = (Arc::clone(&registry), own.next().expect("there are two"));
        thread::spawn(move || Worker::work(registry, number, own))
    });
    (registry, workers)
}

fn ended(workers: [thread::JoinHandle<()>; 2]) {
    workers.into_iter().for_each(|worker| worker.join().expect("it does not panic"));
}

fn counting(runs: &Arc<AtomicU32>) -> Job {
    let runs = Arc::clone(runs);
    Job::new(move || {
        runs.fetch_add(1, Relaxed);
    })
}

/// Fails in no schedule that is drawn, and comes to its end in each. A thousand of few preemptions
/// and a thousand at random find what three times as many find, of 27 broken versions that were
/// tried, but for those that two tests name. A plain search, which changes the last steps, found
/// none that those do not.
fn holds(run: fn()) {
    holds_in(1_000, run);
}

fn holds_in(schedules: usize, run: fn()) {
    let bound =
        Bound { schedules, plain: Some(1), random: 1_000, choices: 5_000, ..Bound::default() };
    let found = explore(&bound, &model(run));
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.cut == 0), "{found:?}");
}

#[test]
fn each_job_is_run_once_and_a_pool_that_is_closed_ends() {
    holds(|| {
        let (registry, workers) = registry();
        let runs = Arc::new(AtomicU32::new(0));
        let (registry2, runs2) = (Arc::clone(&registry), Arc::clone(&runs));
        let submitter = thread::spawn(move || registry2.queue(counting(&runs2)).is_ok());
        let first = [(); 2].map(|()| u32::from(registry.queue(counting(&runs)).is_ok()));
        registry.close();
        let second = submitter.join().expect("it does not panic");
        ended(workers);
        assert_eq!(runs.load(Relaxed), first[0] + first[1] + u32::from(second));
    });
}

#[test]
fn no_worker_sleeps_beside_a_job_that_waits() {
    holds(|| {
        let (registry, workers) = registry();
        let (sender, receiver) = sync::mpsc::channel();
        let (registry2, other) = (Arc::clone(&registry), sender.clone());
        // It keeps its worker until the other one has run the job that lies in this one's own
        // queue.
        let (done, is_done) = sync::mpsc::channel();
        let keeper = Job::new(move || {
            let job = Job::new(move || {
                other.send(1).expect("the model waits for it");
                done.send(()).expect("the keeper waits for it");
            });
            assert!(registry2.queue(job).is_ok());
            is_done.recv().expect("somebody runs it");
            sender.send(2).expect("the model waits for it");
        });
        assert!(registry.queue(keeper).is_ok());
        assert_eq!(receiver.iter().take(2).sum::<u32>(), 3);
        registry.close();
        ended(workers);
    });
}

#[test]
fn of_jobs_that_come_together_each_is_run_or_handed_back() {
    holds(|| {
        let (registry, workers) = registry();
        let (sender, receiver) = sync::mpsc::channel();
        let job = || {
            let sender = sender.clone();
            Job::new(move || sender.send(()).expect("the model waits for it"))
        };
        assert!(registry.queue_all(vec![job(), job()]).is_empty());
        // No worker sleeps beside them.
        assert_eq!(receiver.iter().take(2).count(), 2);
        let (registry2, late) = (Arc::clone(&registry), vec![job(), job()]);
        let submitter = thread::spawn(move || registry2.queue_all(late).len());
        registry.close();
        let back = submitter.join().expect("it does not panic");
        ended(workers);
        drop(sender);
        assert_eq!(receiver.iter().count() + back, 2);
    });
}

#[test]
fn what_is_queued_when_nobody_is_to_begin_another_job_is_run_or_handed_back() {
    holds(|| {
        let (registry, workers) = registry();
        let runs = Arc::new(AtomicU32::new(0));
        let (registry2, runs2) = (Arc::clone(&registry), Arc::clone(&runs));
        let submitter = thread::spawn(move || registry2.queue(counting(&runs2)).is_ok());
        assert!([(); 2].iter().all(|()| registry.queue(counting(&runs)).is_ok()));
        registry.stop();
        ended(workers);
        let taken = 2 + u32::from(submitter.join().expect("it does not panic"));
        assert_eq!(runs.load(Relaxed) + registry.rest().len() as u32, taken);
    });
}

#[test]
fn a_job_that_stops_its_pool_gets_back_what_nobody_has_begun_also_what_is_being_moved() {
    // Of few preemptions, 18 of 3_000 find a theft that does not hold `moving`; of 1_000, none.
    holds_in(3_000, || {
        let (registry, workers) = registry();
        let (runs, back) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (registry2, back2) = (Arc::clone(&registry), Arc::clone(&back));
        let stops = Job::new(move || {
            registry2.stop();
            back2.store(registry2.rest().len() as u32, Relaxed);
        });
        let mut taken = 0;
        for job in [counting(&runs), stops, counting(&runs), counting(&runs)] {
            taken += u32::from(registry.queue(job).is_ok());
        }
        ended(workers);
        assert!(registry.rest().is_empty(), "it was told of all of them");
        // All but the one that stops it; what comes after that is rejected.
        assert_eq!(runs.load(Relaxed) + back.load(Relaxed), taken - 1);
    });
}

/// A result, and the waker that is to be woken for it.
type Slot = Mutex<(Option<u32>, Option<Waker>)>;

#[test]
fn a_job_that_waits_for_a_job_gets_its_result_also_when_nobody_is_to_begin_another() {
    // Of few preemptions, 3_000 find a worker that does not look into `left`, or ends
    // while it waits; 1_000 do not.
    holds_in(3_000, || {
        let (registry, workers) = registry();
        let (registry2, outer_done) = (Arc::clone(&registry), Arc::new(AtomicU32::new(0)));
        let outer_done2 = Arc::clone(&outer_done);
        let outer = Job::new(move || {
            let slot = Arc::new(Slot::default());
            let slot2 = Arc::clone(&slot);
            let inner = Job::new(move || {
                let waker = {
                    let mut slot = slot2.lock().expect("nobody panics with it");
                    slot.0 = Some(7);
                    slot.1.take()
                };
                waker.into_iter().for_each(Waker::wake);
            });
            if registry2.queue(inner).is_err() {
                return;
            }
            Worker::with(&registry2, |worker| {
                worker.expect("a worker runs it").wait(&mut |waker| {
                    let mut slot = slot.lock().expect("nobody panics with it");
                    slot.1 = Some(waker.clone());
                    slot.0 == Some(7)
                });
            });
            outer_done2.store(1, Relaxed);
        });
        assert!(registry.queue(outer).is_ok());
        registry.stop();
        ended(workers);
        drop(registry.rest());
    });
}
