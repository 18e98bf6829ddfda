//! The least that a number there and back takes of two tasks: a cell each way, a queue of the tasks
//! that were woken, and a waker for each. No task can be spawned, ended, caught or shared here.

#![allow(unsafe_code, reason = "a waker that is a number")]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::ptr::without_provenance;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

thread_local! {
    static QUEUE: RefCell<VecDeque<usize>> = const { RefCell::new(VecDeque::new()) };
}

static WAKER: RawWakerVTable =
    RawWakerVTable::new(|task| RawWaker::new(task, &WAKER), wake, wake, |_| {});

fn wake(task: *const ()) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(task.addr()));
}

/// A channel for one value, one sender and one receiver, which never has to wait for room.
#[derive(Default)]
struct Slot {
    value: Cell<Option<u64>>,
    waker: Cell<Option<Waker>>,
}

impl Slot {
    fn send(&self, value: u64) {
        self.value.set(Some(value));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    async fn recv(&self) -> u64 {
        poll_fn(|cx| match self.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                self.waker.set(Some(cx.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// Sends a number there and back `times` times.
pub(super) fn ping_pong(times: u64) -> u64 {
    let (there, back, done) = (Slot::default(), Slot::default(), Cell::new(0));
    let answers = pin!(async {
        loop {
            back.send(there.recv().await + 1);
        }
    });
    let asks = pin!(async {
        for _ in 0..times {
            there.send(done.get());
            done.set(back.recv().await);
        }
    });
    let mut tasks: [Pin<&mut dyn Future<Output = ()>>; 2] = [answers, asks];
    // SAFETY: the functions of `WAKER` have all that they need in the number.
    let waker = |task| unsafe { Waker::new(without_provenance(task), &WAKER) };
    (0..tasks.len()).for_each(|task| waker(task).wake());
    while done.get() < times {
        let task = QUEUE.with_borrow_mut(VecDeque::pop_front).expect("one of them was woken");
        let _ = tasks[task].as_mut().poll(&mut Context::from_waker(&waker(task)));
    }
    QUEUE.take();
    done.get()
}
