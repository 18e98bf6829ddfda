//! The promises that every hand-made type of the workspace keeps, for the types of this crate:
//! `Pool`, `Builder`, `Handle`, `AsCompleted`, `Guard`, `Context` and `Error`. Tasks that panic
//! where a pool does not expect it have types of their own, in `tests/own_program`.

use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context as Poll, Wake};
use std::thread;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use process_pool::as_completed;
use process_pool::job::Job;
use process_pool::{AsCompleted, Builder, Context, Error, Guard, Handle, OnDeath, Options, Pool};

use crate::{builder, pool};

fn is_send<T: Send>() {}
fn is_sync<T: Sync>() {}

/// Does not compile if the type has the trait: then there are two functions of that name.
macro_rules! is_not {
    ($type:ty: $trait:ident) => {{
        trait Ambiguous<A> {
            fn of() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        struct Has;
        impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
        <$type as Ambiguous<_>>::of();
    }};
}

#[test]
fn all_types_go_to_other_threads_but_the_guard_which_stays_where_the_lock_was_acquired() {
    is_send::<Pool<Job>>();
    is_sync::<Pool<Job>>();
    is_send::<Builder>();
    is_sync::<Builder>();
    is_send::<Handle<Job>>();
    is_sync::<Handle<Job>>();
    is_send::<AsCompleted<Job>>();
    is_send::<Context>();
    is_sync::<Context>();
    is_send::<Error>();
    is_sync::<Error>();
    is_not!(Guard<'static>: Send);
    is_not!(Guard<'static>: Sync);
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("this panic is part of a test");
    }
}

/// A waker whose wake panics, and so does its drop.
struct Bad;

impl Wake for Bad {
    fn wake(self: Arc<Self>) {
        panic_any(PanicsWhenDropped);
    }
}

checks::within_a_minute! {
    #[test]
    fn debug_waits_for_no_lock_and_shows_nothing_that_the_lock_guards() {
        let pool = pool(1);
        let held = pool.lock();
        pool.counter().store(987_654, std::sync::atomic::Ordering::SeqCst);
        let waits = pool.submit(Job::Add(1));
        let shown = thread::scope(|scope| scope.spawn(|| format!("{pool:?} {waits:?}")).join());
        let shown = format!("{} {held:?} {:?}", shown.expect("it does not panic"), builder(1));
        assert!(shown.contains("is_finished: false") && !shown.contains("987654"), "{shown}");
        drop(held);
        let results = as_completed([waits]);
        assert!(format!("{results:?}").contains("left: 1"));
    }

    #[test]
    fn a_pool_is_made_used_and_dropped_while_thread_locals_are_destroyed() {
        let before = || {
            let pool = pool(1);
            // So long that the thread sleeps until it is woken, with what it has of its own for
            // that.
            assert!(pool.submit(Job::Spin(50_000, 1)).wait().is_ok());
            drop(pool.lock());
        };
        let during = || {
            let pool = pool(1);
            let mut spins = pool.submit(Job::Spin(50_000, 2));
            assert!(spins.wait_timeout(Duration::from_millis(1)).is_none());
            assert_eq!(spins.wait().expect("it goes on").value, 2);
            assert!(pool.map((0..100).map(Job::Echo)).iter().all(Result::is_ok));
            assert_eq!(as_completed(pool.submit_all([Job::Spin(50_000, 3)])).count(), 1);
            drop(pool.lock());
            let (told, called) = mpsc::channel();
            pool.submit(Job::Echo(4)).on_done(move |outcome| drop(told.send(outcome)));
            assert!(called.recv().is_ok_and(|outcome| outcome.is_ok()));
            assert!(!format!("{pool:?}").is_empty());
            pool.shutdown();
        };
        assert!(while_thread_locals_are_destroyed(before, during).is_ok());
    }

    #[test]
    fn the_longest_time_is_no_limit_and_no_time_is_one() {
        let longest = builder(1).time_limit(Duration::MAX).initializer_limit(Duration::MAX);
        let pool: Pool<Job> = longest.initializer(&Job::Echo(0)).build().expect("the binary was built");
        let mut spins = pool.submit(Job::Spin(100_000, 1));
        let behind = pool.submit(Job::Echo(2));
        assert!(spins.wait_timeout(Duration::ZERO).is_none());
        assert!(spins.wait_timeout(Duration::MAX).is_some_and(|outcome| outcome.is_ok()));
        assert!(behind.wait().is_ok());
        let none = Options { on_death: OnDeath::Report, time_limit: Some(Duration::ZERO) };
        assert!(matches!(pool.submit_with(Job::Hang, none).wait(), Err(Error::TimedOut { .. })));
        let hangs = builder(1).initializer(&Job::Hang).initializer_limit(Duration::ZERO);
        assert!(matches!(hangs.build::<Job>(), Err(Error::NoWorker(_))));
    }

    #[test]
    fn a_panic_whose_payload_panics_harms_no_other_task() {
        let pool = pool(1);
        let held = pool.lock();
        let mut first = pool.submit(Job::Add(1));
        let waker = Arc::new(Bad).into();
        assert!(Pin::new(&mut first).poll_once(&waker));
        pool.submit(Job::Add(1)).on_done(|_| panic_any(PanicsWhenDropped));
        let (told, called) = mpsc::channel();
        pool.submit(Job::Add(1)).on_done(move |outcome| drop(told.send(outcome)));
        drop(held);
        assert!(called.recv().is_ok_and(|outcome| outcome.is_ok()));
        assert!(first.wait().is_ok());
        assert!(pool.submit(Job::Echo(1)).wait().is_ok());
    }

    #[test]
    fn a_pool_that_is_dropped_by_what_its_own_thread_wakes_ends_all_the_same() {
        struct Drops(std::sync::Mutex<Option<Pool<Job>>>, mpsc::Sender<()>);
        impl Wake for Drops {
            fn wake(self: Arc<Self>) {
                let pool = self.0.lock().expect("nobody panics with it").take();
                drop(pool);
                let _ = self.1.send(());
            }
        }
        let pool = pool(1);
        let pids = pool.pids();
        let mut spins = pool.submit(Job::Spin(100_000, 1));
        let (told, dropped) = mpsc::channel();
        let drops = Arc::new(Drops(std::sync::Mutex::new(Some(pool)), told));
        assert!(Pin::new(&mut spins).poll_once(&Arc::clone(&drops).into()));
        assert!(dropped.recv().is_ok());
        for pid in pids {
            while std::path::Path::new(&format!("/proc/{pid}")).exists() {
                thread::yield_now();
            }
        }
    }

    #[test]
    fn more_workers_than_any_system_starts_are_refused() {
        assert!(matches!(builder(usize::MAX).build::<Job>(), Err(Error::Refused(_))));
    }
}

/// Polls a handle once.
trait PollOnce {
    /// Says whether it is still pending.
    fn poll_once(self, waker: &std::task::Waker) -> bool;
}

impl PollOnce for Pin<&mut Handle<Job>> {
    fn poll_once(self, waker: &std::task::Waker) -> bool {
        self.poll(&mut Poll::from_waker(waker)).is_pending()
    }
}
