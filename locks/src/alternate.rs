//! Three threads write A, B and C in turn: the most asked program of all.
//!
//! The variants differ in how a thread learns that the turn is its own, and in how it passes the
//! turn on.

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;

use tracing::{info, info_span};

use super::lane::{finish, lock, start, wait, wait_while};
use super::primitives::semaphore::Semaphore;
use super::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use super::sync::mpsc::channel;
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;
use super::thread::{self, JoinHandle, Thread};

/// The threads' names, each with the letter that it writes.
const THREADS: [(&str, &str); 3] = [("a", "A"), ("b", "B"), ("c", "C")];

fn next(me: usize) -> usize {
    (me + 1) % THREADS.len()
}

/// Lets three threads take their turns, `rounds` each: each waits for its turn, writes its letter,
/// and passes the turn on. Calls `begin` with the threads, waits for them, and returns what they
/// wrote.
fn play<T: FnMut(&dyn Fn()) + Send + 'static>(
    turns: [T; 3],
    rounds: usize,
    pace: Duration,
    begin: impl FnOnce(&[JoinHandle<()>]),
) -> String {
    // What is observed is no step of the model.
    let written = Arc::new(std::sync::Mutex::new(String::new()));
    let start = |((name, letter), mut take_turn): ((_, &'static str), T)| {
        let written = Arc::clone(&written);
        start(name, move || {
            for _ in 0..rounds {
                let waits = Cell::new(Some(info_span!("waits", what = "turn")));
                take_turn(&|| {
                    let _holds = info_span!("holds", what = letter);
                    drop(waits.take());
                    written.lock().expect("no thread panics with it").push_str(letter);
                    std::thread::sleep(pace);
                });
            }
        })
    };
    let threads: Vec<_> = THREADS.into_iter().zip(turns).map(start).collect();
    begin(&threads);
    threads.into_iter().for_each(finish);
    let mut written = written.lock().expect("no thread panics with it");
    std::mem::take(&mut *written)
}

/// Plays with what all threads share: `take_turn` is given a thread's number, that, and what writes
/// its letter.
fn play_sharing<S: Send + Sync + 'static>(
    shared: S,
    rounds: usize,
    pace: Duration,
    take_turn: fn(usize, &S, &dyn Fn()),
) -> String {
    let shared = Arc::new(shared);
    let turns = [0, 1, 2].map(|me| {
        let shared = Arc::clone(&shared);
        move |write: &dyn Fn()| take_turn(me, &shared, write)
    });
    play(turns, rounds, pace, |_| ())
}

/// Checks whose turn it is, an atomic flag, without the lock: the turn may be passed on between a
/// thread's check and its wait, and there will be no other notification.
///
/// The window is widened: `a` passes the turn on when `b` and `c` have checked.
///
/// # Blocking
/// For ever, if the notification came too early.
pub fn flag() -> String {
    let shared = (AtomicUsize::new(0), Mutex::new(()), Condvar::new(), sync_point());
    play_sharing(shared, 1, Duration::ZERO, |me, (turn, mutex, changed, window), write| {
        while turn.load(SeqCst) != me {
            info!("not its turn");
            window.arrive();
            window.wait_for(3);
            drop(wait(changed, lock(mutex)));
        }
        window.wait_for(2);
        write();
        turn.store(next(me), SeqCst);
        changed.notify_all();
        window.arrive();
    })
}

/// Checks once, and notifies one thread: it may be the wrong one, and writes all the same.
///
/// The window is widened: `c` waits before `a` comes, and is the one that is woken; `b` comes then.
///
/// # Blocking
/// For ever: the turn of `b` has been passed over.
pub fn if_once() -> String {
    let shared = (Mutex::new(0), Condvar::new(), sync_point());
    play_sharing(shared, 1, Duration::ZERO, |me, (turn, changed, window), write| {
        window.wait_for([1, 2, 0][me]);
        let mut turn = lock(turn);
        if *turn != me {
            window.arrive();
            turn = wait(changed, turn);
            window.arrive();
        }
        write();
        *turn = next(me);
        changed.notify_one();
    })
}

/// Checks again after each wake-up, under the lock, and notifies all: the one whose turn it is is
/// among them.
pub fn condvar(rounds: usize, pace: Duration) -> String {
    play_sharing((Mutex::new(0), Condvar::new()), rounds, pace, |me, (turn, changed), write| {
        let mut turn = wait_while(changed, lock(turn), |turn| *turn != me);
        write();
        *turn = next(me);
        changed.notify_all();
    })
}

/// Gives each thread a semaphore, and lets it release the next one's: one permit goes round.
pub fn semaphores(rounds: usize, pace: Duration) -> String {
    play_sharing([1, 0, 0].map(Semaphore::new), rounds, pace, |me, semaphores, write| {
        semaphores[me].acquire();
        write();
        semaphores[next(me)].release().expect("there is one permit in all");
    })
}

/// Parks until it is its turn, and unparks the next thread, no other. A token that comes before its
/// thread parks is kept, and `park` may return without one: hence the flag, and the `while`.
pub fn park(rounds: usize, pace: Duration) -> String {
    // At first it is no thread's turn.
    let shared = Arc::new((AtomicUsize::new(THREADS.len()), OnceLock::<Vec<Thread>>::new()));
    let turns = [0, 1, 2].map(|me| {
        let shared = Arc::clone(&shared);
        move |write: &dyn Fn()| {
            let (turn, threads) = &*shared;
            while turn.load(SeqCst) != me {
                thread::park();
            }
            write();
            turn.store(next(me), SeqCst);
            threads.get().expect("they are known before the first turn")[next(me)].unpark();
        }
    });
    play(turns, rounds, pace, move |threads| {
        let (turn, known) = &*shared;
        let threads = known.get_or_init(|| threads.iter().map(|it| it.thread().clone()).collect());
        turn.store(0, SeqCst);
        threads[0].unpark();
    })
}

/// Sends the turn on, a message, from each thread to the next: nothing is shared.
pub fn channels(rounds: usize, pace: Duration) -> String {
    let ((to_a, a), (to_b, b), (to_c, c)) = (channel(), channel(), channel());
    to_a.send(()).expect("a has its receiver");
    let turns = [(a, to_b), (b, to_c), (c, to_a)].map(|(mine, to_next)| {
        move |write: &dyn Fn()| {
            mine.recv().expect("the thread before sends before it ends");
            write();
            // After the last letter, `a` has ended.
            let _ = to_next.send(());
        }
    });
    play(turns, rounds, pace, |_| ())
}
