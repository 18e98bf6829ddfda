//! What is promised of every type here that a program may hold, asked of each of them.

use std::cell::Cell;
use std::fmt::Debug;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::{every_pool, pool, submit};
use checks::while_thread_locals_are_destroyed;
use thread_pool::thread_count::ThreadCount;
use thread_pool::{
    AsCompleted, BuildError, Builder, CancelToken, ChannelPool, Handle, Job, Pool, RayonPool,
    Rejected, Scope, ScopedHandle, StealingPool, TaskError, WhenFull, as_completed,
};

every_pool!(
    to_print_it_never_waits_nor_shows_what_a_task_has,
    it_serves_a_thread_whose_thread_locals_are_destroyed,
    it_is_built_scoped_and_dropped_while_thread_locals_are_destroyed,
    it_is_dropped_by_a_thread_local_of_its_own_worker,
    a_thread_local_of_a_worker_may_wait_for_a_job_of_another_pool,
    a_time_limit_of_any_length_is_kept,
);

fn to_print_it_never_waits_nor_shows_what_a_task_has<P: Pool + Debug + 'static>() {
    /// Cannot be printed, and so is not: what holds it can.
    struct Secret;
    let pool = Builder::new().workers(1).queue(4, WhenFull::Reject).build::<P>();
    let pool = Arc::new(pool.expect("there is room for one"));
    let (send, printed) = channel();
    let (open, gate) = channel::<()>();
    let pool2 = Arc::clone(&pool);
    let mut handle = pool.submit(move || gate.recv().is_err()).expect("there is room");
    // Whatever of the pool is locked while a worker is in a callback, this is printed there.
    handle.on_done(move |_| send.send(format!("{pool2:?}")).expect("it is waited for"));
    let queued = pool.submit(|| Secret).expect("there is room");
    let said = format!("{pool:?} {handle:?} {queued:?} {:?}", Job::new(|| ()));
    drop(open);
    let within = printed.recv().expect("the callback prints it");
    let name = std::any::type_name::<P>().rsplit("::").next().expect("it has a name");
    assert!(said.contains(name) && within.contains(name), "{said} {within}");
    assert!(said.contains("Handle { is_done: false, .. }"), "{said}");
    let completed = as_completed([queued]);
    assert_eq!(format!("{completed:?}"), "AsCompleted { left: 1, .. }");
    pool.scope(|scope| {
        let task = scope.spawn(|| Secret).expect("there is room");
        assert!(format!("{scope:?} {task:?}").starts_with("Scope { .. } ScopedHandle"));
    });
}

fn it_serves_a_thread_whose_thread_locals_are_destroyed<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(2));
    let [before, during] = [(); 2].map(|()| Arc::clone(&pool));
    let used = move || {
        let handle = submit(&*before, || 7);
        assert!(matches!(handle.wait(), Ok(7)));
    };
    let found = while_thread_locals_are_destroyed(used, move || {
        let handle = submit(&*during, || 7);
        let mut limited = submit(&*during, || 8);
        let (send, called) = channel();
        limited.on_done(move |_| send.send(()).expect("it is waited for"));
        called.recv().expect("the callback is called");
        let sum = handle.wait().expect("it does not panic");
        let more =
            limited.wait_timeout(Duration::MAX).map(|outcome| outcome.expect("it does not panic"));
        let last = as_completed([submit(&*during, || 9)]).next();
        (sum, more, matches!(last, Some((0, Ok(9)))))
    });
    assert_eq!(found.expect("it does not panic"), (7, Some(8), true));
    // A panic that is found there is told to nobody, and ends nothing.
    let handle =
        pool.submit::<()>(|| resume_unwind(Box::new("unseen"))).expect("it is not shut down");
    while !handle.is_finished() {
        std::thread::yield_now();
    }
    assert!(while_thread_locals_are_destroyed(|| (), move || drop(handle)).is_ok());
}

fn it_is_built_scoped_and_dropped_while_thread_locals_are_destroyed<P: Pool + 'static>() {
    let found = while_thread_locals_are_destroyed(
        || drop(pool::<P>(1)),
        || {
            let pool = pool::<P>(2);
            let words = ["borrowed", "too"];
            let length = pool.scope(|scope| {
                let length = scope.spawn(|| words.concat().len()).expect("it is not shut down");
                length.wait().expect("it does not panic")
            });
            pool.shutdown();
            (length, pool.shutdown_now().len())
        },
    );
    assert_eq!(found.expect("it does not panic"), (11, 0));
}

/// Calls a function as the thread ends that it was put aside on.
struct AtTheEnd<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for AtTheEnd<F> {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

thread_local! {
    static LAST: Cell<Option<Box<dyn std::any::Any>>> = const { Cell::new(None) };
}

fn at_the_end_of_this_thread(end: impl FnOnce() + 'static) {
    LAST.set(Some(Box::new(AtTheEnd(Some(end)))));
}

fn it_is_dropped_by_a_thread_local_of_its_own_worker<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(1));
    let (theirs, (send, dropped)) = (Arc::clone(&pool), channel());
    let put_aside = move || {
        at_the_end_of_this_thread(move || {
            let refused = theirs.submit(|| 7).is_err();
            drop(theirs);
            send.send(refused).expect("it is waited for");
        });
    };
    submit(&*pool, put_aside).wait().expect("it does not panic");
    pool.shutdown();
    drop(pool);
    assert_eq!(dropped.recv(), Ok(true));
}

fn a_thread_local_of_a_worker_may_wait_for_a_job_of_another_pool<P: Pool + 'static>() {
    let (pool, other) = (pool::<P>(1), pool::<P>(1));
    let (open, gate) = channel::<()>();
    let late = submit(&other, move || gate.recv().map_or(7, |()| 0));
    let (send, found) = channel();
    let put_aside = move || {
        at_the_end_of_this_thread(move || {
            // The worker is none any more: there is no job of its pool that it could run meanwhile.
            drop(open);
            send.send(late.wait().expect("it does not panic")).expect("it is waited for");
        });
    };
    submit(&pool, put_aside).wait().expect("it does not panic");
    drop(pool);
    assert_eq!(found.recv(), Ok(7));
}

fn a_time_limit_of_any_length_is_kept<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(1));
    for limit in
        [Duration::MAX, Duration::MAX - Duration::from_nanos(1), Duration::from_secs(u64::MAX / 2)]
    {
        let mut handle = submit(&*pool, || 7);
        assert!(matches!(handle.wait_timeout(limit), Some(Ok(7))));
        // On a worker, too.
        let inner = submit(&*pool, || 7);
        inner.wait().expect("it does not panic");
        let mut over = submit(&*pool, || 8);
        while !over.is_finished() {
            std::thread::yield_now();
        }
        let outer = submit(&*pool, move || over.wait_timeout(limit));
        assert!(matches!(outer.wait(), Ok(Some(Ok(8)))));
        assert!(!CancelToken::for_time(limit).is_cancelled());
    }
    let (open, gate) = channel::<()>();
    let mut kept = submit(&*pool, move || gate.recv().is_err());
    assert!(kept.wait_timeout(Duration::ZERO).is_none());
    assert!(CancelToken::for_time(Duration::ZERO).is_cancelled());
    drop(open);
    assert!(matches!(kept.wait_timeout(Duration::MAX), Some(Ok(true))));
}

#[test]
fn what_may_be_sent_and_shared_can_be() {
    // What another thread may do with a reference to one of these does not reach what is in it.
    type Unshared = Cell<u32>;
    fn both<T: Send + Sync>() {}
    both::<(ChannelPool, RayonPool, StealingPool, Builder, CancelToken, ThreadCount)>();
    both::<(Job, Rejected, BuildError, Handle<Unshared>, AsCompleted<Unshared>)>();
    both::<(Scope<'_, '_>, ScopedHandle<Unshared>)>();
    fn sent<T: Send>() {}
    sent::<TaskError>();
}

checks::is_not! {
    // A result that stays on its thread has no way here.
    ScopedHandle<Rc<()>>: Send, ScopedHandle<Rc<()>>: Sync,
    // What a task has panicked with may be looked at by one thread at a time.
    TaskError: Sync,
}
