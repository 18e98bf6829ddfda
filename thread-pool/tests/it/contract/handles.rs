//! The handle: results, panics, time limits, cancelling, callbacks, wakers.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::task::{Context, Wake};
use std::thread;
use std::time::Duration;

use thread_pool::{Builder, Handle, Pool, TaskError, as_completed};

use super::{every_pool, holders, keep, lives, pool, reporting, shut_down_now, submit};

every_pool!(
    what_was_taken_cannot_be_taken_again,
    a_task_that_nobody_has_begun_can_be_cancelled_and_what_it_holds_is_dropped,
    a_callback_hears_of_a_cancelled_and_of_a_dropped_task,
    callbacks_come_in_order_and_before_the_outcome,
    a_callback_that_panics_keeps_nobody_from_anything,
    results_come_as_they_are_completed,
    whoever_polls_last_is_woken,
);

fn what_was_taken_cannot_be_taken_again<P: Pool>() {
    let pool: P = pool(1);
    let mut handle = submit(&pool, || 7);
    assert!(handle.wait_timeout(Duration::MAX).is_some());
    let again = thread::spawn(move || handle.wait()).join().expect_err("it panics");
    assert_eq!(again.downcast_ref(), Some(&"the outcome of the task was taken before"));
}

fn a_task_that_nobody_has_begun_can_be_cancelled_and_what_it_holds_is_dropped<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let (ran, held) = (Arc::new(AtomicUsize::new(0)), Arc::new(()));
    let (count, holds) = (Arc::clone(&ran), Arc::clone(&held));
    let mut handle = submit(&pool, move || {
        count.fetch_add(1, Relaxed);
        drop(holds);
    });
    assert_eq!(holders(&held), 1);
    let (send, at_the_end) = channel();
    let theirs = Arc::clone(&held);
    handle.on_done(move |_| send.send(holders(&theirs)).expect("it is asked"));
    assert!(handle.cancel());
    // The callback holds it, and nobody else: what the task held is gone before anybody hears of
    // its end.
    assert_eq!(at_the_end.recv(), Ok(1));
    assert_eq!(holders(&held), 0, "while its place is still in the queue");
    assert!(handle.is_finished());
    assert!(!handle.cancel(), "it was done before");
    assert!(matches!(handle.wait(), Err(TaskError::Cancelled)));
    drop((open, pool));
    assert_eq!(ran.load(Relaxed), 0);
}

fn a_callback_hears_of_a_cancelled_and_of_a_dropped_task<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let (send, heard) = channel();
    let tell = || {
        let (mut handle, send) = (submit(&pool, || ()), send.clone());
        handle.on_done(move |outcome| {
            let said = outcome.as_ref().expect_err("it is not run").to_string();
            send.send((said, thread::current().id())).expect("it is asked");
        });
        handle
    };
    let here = thread::current().id();
    assert!(tell().cancel());
    assert_eq!(heard.try_recv(), Ok(("the task was cancelled before it began".into(), here)));
    let handle = tell();
    drop(shut_down_now(&pool, open));
    assert_eq!(heard.try_recv(), Ok(("the task was dropped before it began".into(), here)));
    assert!(matches!(handle.wait(), Err(TaskError::Dropped)));
}

fn callbacks_come_in_order_and_before_the_outcome<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let (send, calls) = channel();
    let mut handle = submit(&pool, || 7);
    for number in 0..10 {
        let send = send.clone();
        handle.on_done(move |_| send.send(number).expect("it is asked"));
    }
    drop(open);
    assert!(matches!(handle.wait(), Ok(7)));
    assert_eq!(calls.try_iter().collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
}

fn a_callback_that_panics_keeps_nobody_from_anything<P: Pool>() {
    let (pool, told) = reporting::<P>(Builder::new().workers(1));
    let open = keep(&pool);
    let (send, called) = channel();
    let mut handle = submit(&pool, || 7);
    handle.on_done(|_| resume_unwind(Box::new("one")));
    handle.on_done(move |_| send.send(()).expect("it is asked"));
    drop(open);
    assert!(matches!(handle.wait(), Ok(7)));
    assert_eq!(called.try_recv(), Ok(()));
    assert_eq!(told.recv().expect("the panic handler is told").downcast_ref(), Some(&"one"));
    lives(&pool);
}

fn results_come_as_they_are_completed<P: Pool>() {
    let pool: P = pool(4);
    let (gates, handles): (Vec<_>, Vec<_>) = (0..4)
        .map(|number| {
            let (open, gate) = channel::<()>();
            (Some(open), submit(&pool, move || gate.recv().map_or(number, |()| number)))
        })
        .unzip();
    let (mut gates, mut results) = (gates, as_completed(handles));
    for next in [2, 0, 3, 1] {
        gates[next] = None;
        let (number, outcome) = results.next().expect("one is left");
        assert_eq!((number, outcome.expect("none panics")), (next, next));
    }
    assert!(results.next().is_none());
    assert!(as_completed(Vec::<Handle<()>>::new()).next().is_none());
    // One that has no result arrives as well, and so does one that is over already.
    let panics = submit::<()>(&pool, || resume_unwind(Box::new("as it comes")));
    let open = [(); 4].map(|()| keep(&pool));
    let cancelled = submit(&pool, || ());
    cancelled.cancel();
    let mut numbers: Vec<_> =
        as_completed([panics, cancelled]).map(|(n, outcome)| (n, outcome.is_err())).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [(0, true), (1, true)]);
    drop(open);
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn whoever_polls_last_is_woken<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let mut handle = submit(&pool, || 7);
    let [first, last] = [(); 2].map(|()| Arc::<Woken>::default());
    for woken in [&first, &last] {
        let waker = Arc::clone(woken).into();
        assert!(Pin::new(&mut handle).poll(&mut Context::from_waker(&waker)).is_pending());
    }
    drop(open);
    while last.0.load(Relaxed) == 0 {
        thread::yield_now();
    }
    assert_eq!((first.0.load(Relaxed), last.0.load(Relaxed)), (0, 1));
    assert!(matches!(handle.try_wait(), Some(Ok(7))));
}
