//! What the executor and its channel bear of code that is not theirs: wakers and destructors that
//! panic, or that use what has called them. What panics here does so without a report on standard
//! error.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use coroutines::executor::{self, Executor, JoinHandle, Sleep, block_on_paused};

const HOUR: Duration = Duration::from_secs(3600);

fn panics() {
    resume_unwind(Box::new("expected"));
}

/// A waker of which one part does something of its own.
#[derive(Default)]
pub(crate) struct Foreign<F: Fn() + Send + Sync + 'static> {
    pub(crate) woken: Option<F>,
    pub(crate) dropped: Option<F>,
}

impl<F: Fn() + Send + Sync + 'static> Wake for Foreign<F> {
    fn wake(self: Arc<Self>) {
        if let Some(woken) = &self.woken {
            woken();
        }
    }
}

impl<F: Fn() + Send + Sync + 'static> Drop for Foreign<F> {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped();
        }
    }
}

pub(crate) fn panics_when_woken() -> Waker {
    Waker::from(Arc::new(Foreign { woken: Some(panics), dropped: None }))
}

pub(crate) fn panics_when_dropped() -> Waker {
    Waker::from(Arc::new(Foreign { woken: None, dropped: Some(panics) }))
}

/// Panics when it is dropped.
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panics();
    }
}

pub(crate) fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Notes on which thread it was dropped.
struct Dropped(Rc<Cell<Option<ThreadId>>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(Some(thread::current().id()));
    }
}

/// Starts a task that waits for ever, and returns its waker, and on which thread its future is
/// dropped.
fn waits_for_ever(executor: &Executor) -> (Waker, Rc<Cell<Option<ThreadId>>>) {
    let (on, kept) = (Rc::default(), Rc::new(RefCell::new(None)));
    let (dropped, kept2) = (Dropped(Rc::clone(&on)), Rc::clone(&kept));
    let task = executor.spawn(poll_fn(move |cx| {
        let _stays = &dropped;
        kept2.replace(Some(cx.waker().clone()));
        Poll::<()>::Pending
    }));
    drop(task);
    executor.block_on(executor::yield_now());
    (kept.take().expect("it was polled"), on)
}

/// Drops an executor, of which a task is kept by a waker alone; its future has to be dropped here,
/// whatever panics.
fn shuts_down_whole(executor: Executor) {
    let (waker, dropped_on) = waits_for_ever(&executor);
    let _ = catch_unwind(AssertUnwindSafe(|| drop(executor)));
    let on = dropped_on.get();
    // On another thread, it would be a data race: it is not `Send`.
    thread::spawn(move || drop(waker)).join().expect("it does not panic");
    assert_eq!(on, Some(thread::current().id()));
}

pub(crate) async fn hangs<T: 'static>(task: JoinHandle<T>) -> bool {
    executor::timeout(HOUR, task).await.is_err()
}

/// Makes a sleep of an hour that was polled once.
fn polled_sleep(executor: &Executor, waker: &Waker) -> Sleep {
    executor.block_on(poll_fn(|_| {
        let mut sleep = executor::sleep(HOUR);
        assert!(poll(Pin::new(&mut sleep), waker).is_pending());
        Poll::Ready(sleep)
    }))
}

checks::within_a_minute! {
    #[test]
    fn every_future_is_dropped_on_the_executors_thread_though_a_waker_panics_before() {
        let executor = Executor::new();
        let mut handle = executor.spawn(pending::<()>());
        assert!(poll(Pin::new(&mut handle), &panics_when_woken()).is_pending());
        shuts_down_whole(executor);
    }

    #[test]
    fn every_future_is_dropped_on_the_executors_thread_though_a_timers_waker_panics_at_its_end() {
        let executor = Executor::new();
        let _sleeps = [(); 2].map(|()| polled_sleep(&executor, &panics_when_dropped()));
        shuts_down_whole(executor);
    }

    #[test]
    fn every_future_is_dropped_on_the_executors_thread_though_others_panic_at_their_ends() {
        let executor = Executor::new();
        for _ in 0..2 {
            let bomb = Bomb;
            drop(executor.spawn(async move {
                let _bomb = bomb;
                pending::<()>().await;
            }));
        }
        shuts_down_whole(executor);
    }

    #[test]
    fn what_is_spawned_and_slept_for_while_an_executor_shuts_down_is_dropped_with_it() {
        struct Restarts(Rc<Cell<u32>>);
        impl Drop for Restarts {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
                if self.0.get() < 5 {
                    let again = Restarts(Rc::clone(&self.0));
                    drop(executor::spawn(async move {
                        let _again = again;
                        pending::<()>().await;
                    }));
                    let mut sleep = executor::sleep(HOUR);
                    assert!(poll(Pin::new(&mut sleep), &panics_when_dropped()).is_pending());
                    std::mem::forget(sleep);
                }
            }
        }
        let (executor, ends) = (Executor::new(), Rc::new(Cell::new(0)));
        let first = Restarts(Rc::clone(&ends));
        drop(executor.spawn(async move {
            let _first = first;
            pending::<()>().await;
        }));
        shuts_down_whole(executor);
        assert_eq!(ends.get(), 5);
    }

    #[test]
    fn a_waker_that_panics_in_the_loop_ends_nothing() {
        let order = block_on_paused(async {
            let mut task = executor::spawn(async { 1 });
            assert!(poll(Pin::new(&mut task), &panics_when_woken()).is_pending());
            let mut sleep = executor::sleep(HOUR);
            assert!(poll(Pin::new(&mut sleep), &panics_when_woken()).is_pending());
            let other = executor::spawn(async { executor::sleep(HOUR).await });
            executor::sleep(2 * HOUR).await;
            assert!(other.is_finished() && task.is_finished());
            (task.await.unwrap(), poll(Pin::new(&mut sleep), Waker::noop()))
        });
        assert_eq!(order, (1, Poll::Ready(())));
    }

    #[test]
    fn a_panic_in_a_destructor_ends_its_own_task_and_no_other() {
        block_on_paused(async {
            // Of the future.
            let bomb = Bomb;
            let mut ends = pin!(executor::spawn(async move {
                let _bomb = bomb;
                pending::<()>().await;
            }));
            executor::yield_now().await;
            ends.abort();
            assert!(ends.as_mut().await.unwrap_err().is_panic());
            // Of what came out, and of what was panicked with; nobody asks for either.
            drop(executor::spawn(async { Bomb }));
            drop(executor::spawn(async { resume_unwind(Box::new(Bomb)) }));
            // And of one that came out before its handle was dropped.
            let ended = executor::spawn(async { Bomb });
            executor::yield_now().await;
            assert!(ended.is_finished());
            drop(ended);
            // Of both the future and what came out of it.
            let mut bomb = Some(Bomb);
            let both = executor::spawn(poll_fn(move |_| {
                let _stays = &mut bomb;
                Poll::Ready(Bomb)
            }));
            assert!(both.await.err().expect("its future panicked").is_panic());
            let other = executor::spawn(async { 1 });
            assert_eq!(other.await.unwrap(), 1);
        });
    }

    #[test]
    fn who_waits_for_a_task_from_inside_the_end_of_its_future_is_woken() {
        struct PollsAtItsEnd(Rc<RefCell<Option<JoinHandle<()>>>>, Rc<RefCell<Option<Waker>>>);
        impl Drop for PollsAtItsEnd {
            fn drop(&mut self) {
                let (mut handle, waker) = (self.0.borrow_mut(), self.1.borrow());
                let (Some(handle), Some(waker)) = (handle.as_mut(), waker.as_ref()) else { return };
                assert!(poll(Pin::new(handle), waker).is_pending());
            }
        }
        block_on_paused(async {
            let (handle, waker) = (Rc::<RefCell<Option<_>>>::default(), Rc::default());
            let end = PollsAtItsEnd(Rc::clone(&handle), Rc::clone(&waker));
            let task = executor::spawn(async move {
                let _end = end;
                executor::yield_now().await;
            });
            handle.replace(Some(task));
            let waits = executor::spawn(poll_fn(move |cx| {
                waker.replace(Some(cx.waker().clone()));
                match handle.borrow().as_ref().is_some_and(JoinHandle::is_finished) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                }
            }));
            assert!(!hangs(waits).await, "its waker was lost");
        });
    }

    #[test]
    fn a_sleep_that_is_dropped_outside_of_block_on_keeps_nothing() {
        let executor = Executor::new();
        let kept = Arc::new(Foreign { woken: None::<fn()>, dropped: None });
        let sleep = polled_sleep(&executor, &Waker::from(Arc::clone(&kept)));
        drop(sleep);
        assert_eq!(Arc::strong_count(&kept), 1);
    }

    #[test]
    fn a_sleep_may_go_on_in_another_executor_and_outlive_its_first_one() {
        let (first, second) = (Executor::paused(), Executor::paused());
        let mut sleep = polled_sleep(&first, Waker::noop());
        second.block_on(&mut sleep);
        drop(first);
        drop(second);
        drop(sleep);
    }
}

checks::within_a_minute! {
    #[test]
    fn wakes_from_another_thread_are_noted_once() {
        let executor = Executor::new();
        let (waker, _) = waits_for_ever(&executor);
        let wakes = move || (0..100_000).for_each(|_| waker.wake_by_ref());
        let counts = thread::spawn(move || coroutines::cost::counted(wakes).1);
        let kept = counts.join().expect("it does not panic");
        assert!(kept.expect("this binary counts") < 1000, "{kept:?} bytes");
        // And the next one is noted again.
        let (waker, polls) = (Rc::new(RefCell::new(None)), Rc::new(Cell::new(0)));
        let (waker2, polls2) = (Rc::clone(&waker), Rc::clone(&polls));
        drop(executor.spawn(poll_fn(move |cx| {
            polls2.set(polls2.get() + 1);
            waker2.replace(Some(cx.waker().clone()));
            Poll::<()>::Pending
        })));
        executor.block_on(executor::yield_now());
        for round in 1..10 {
            assert_eq!(polls.get(), round);
            let waker = waker.take().expect("it was polled");
            let wakes = move || (0..3).for_each(|_| waker.wake_by_ref());
            thread::spawn(wakes).join().expect("it does not panic");
            executor.block_on(executor::yield_now());
        }
    }
}
