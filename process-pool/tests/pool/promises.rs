//! The promises that every hand-made type of the workspace keeps, for the types of this crate:
//! `Pool`, `Builder`, `Handle`, `AsCompleted`, `Guard`, `Context` and `Error`.

use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context as Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use checks::{eventually, while_thread_locals_are_destroyed};
use process_pool::{
    AsCompleted, Builder, Context, Error, Guard, Handle, OnDeath, Options, Pool, as_completed,
};

use crate::job::{Job, MEANT};
use crate::{built, pool, run};

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

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("{MEANT}");
    }
}

/// A waker whose wake panics with a payload that panics.
struct Bad;

impl Wake for Bad {
    fn wake(self: Arc<Self>) {
        panic_any(PanicsWhenDropped);
    }
}

fn is_pending(handle: &mut Handle<Job>, waker: &Waker) -> bool {
    Pin::new(handle).poll(&mut Poll::from_waker(waker)).is_pending()
}

claims! {
    fn all_types_go_to_other_threads_but_the_guard_which_stays_where_the_lock_was_acquired() {
        is_send::<(Pool<Job>, Builder, Handle<Job>, AsCompleted<Job>, Context, Error)>();
        is_sync::<(Pool<Job>, Builder, Handle<Job>, Context, Error)>();
        is_not!(Guard<'static>: Send);
        is_not!(Guard<'static>: Sync);
    }

    fn debug_waits_for_no_lock_and_shows_nothing_that_the_lock_guards() {
        let pool = pool(1);
        let held = pool.lock();
        pool.counter().store(987_654, std::sync::atomic::Ordering::SeqCst);
        let waits = pool.submit(Job::Add(1));
        let shown = thread::scope(|scope| scope.spawn(|| format!("{pool:?} {waits:?}")).join());
        let shown = format!("{} {held:?} {:?}", shown.expect("no panic"), Builder::new());
        assert!(shown.contains("is_finished: false") && !shown.contains("987654"), "{shown}");
        drop(held);
        assert!(format!("{:?}", as_completed([waits])).contains("left: 1"));
    }

    fn a_pool_is_made_used_and_dropped_while_thread_locals_are_destroyed() {
        let before = || {
            let pool = pool(1);
            // It takes long enough for the thread to sleep until it is woken.
            run(&pool, Job::Spin(50_000, 1));
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
            let (sender, called) = mpsc::channel();
            pool.submit(Job::Echo(4)).on_done(move |outcome| drop(sender.send(outcome)));
            assert!(called.recv().is_ok_and(|outcome| outcome.is_ok()));
            assert!(!format!("{pool:?}").is_empty());
            pool.shutdown();
        };
        assert!(while_thread_locals_are_destroyed(before, during).is_ok());
    }

    fn the_longest_time_is_no_limit_and_no_time_is_one() {
        let longest = || Builder::new().workers(1).initializer_limit(Duration::MAX);
        let pool = built(longest().time_limit(Duration::MAX).initializer(&Job::Echo(0)));
        let mut spins = pool.submit(Job::Spin(100_000, 1));
        let behind = pool.submit(Job::Echo(2));
        assert!(spins.wait_timeout(Duration::ZERO).is_none());
        assert!(spins.wait_timeout(Duration::MAX).is_some_and(|outcome| outcome.is_ok()));
        assert!(behind.wait().is_ok());
        let none = Options { on_death: OnDeath::Report, time_limit: Some(Duration::ZERO) };
        let outcome = pool.submit_with(Job::Hang, none).wait();
        assert!(matches!(outcome, Err(Error::TimedOut { .. })));
        let hangs = longest().initializer(&Job::Hang).initializer_limit(Duration::ZERO);
        assert!(matches!(hangs.build::<Job>(), Err(Error::NoWorker(_))));
    }

    fn a_panic_whose_payload_panics_harms_no_other_task() {
        let pool = pool(1);
        let held = pool.lock();
        let mut first = pool.submit(Job::Add(1));
        assert!(is_pending(&mut first, &Arc::new(Bad).into()));
        pool.submit(Job::Add(1)).on_done(|_| panic_any(PanicsWhenDropped));
        let (sender, called) = mpsc::channel();
        pool.submit(Job::Add(1)).on_done(move |outcome| drop(sender.send(outcome)));
        drop(held);
        assert!(called.recv().is_ok_and(|outcome| outcome.is_ok()));
        assert!(first.wait().is_ok());
        run(&pool, Job::Echo(1));
    }

    fn a_pool_that_is_dropped_by_what_its_own_thread_wakes_ends_all_the_same() {
        struct Drops(Mutex<Option<Pool<Job>>>, mpsc::Sender<()>);
        impl Wake for Drops {
            fn wake(self: Arc<Self>) {
                let pool = self.0.lock().expect("no test panics with it").take();
                drop(pool);
                let _ = self.1.send(());
            }
        }
        let pool = pool(1);
        let pids = pool.pids();
        let mut spins = pool.submit(Job::Spin(100_000, 1));
        let (sender, dropped) = mpsc::channel();
        assert!(is_pending(&mut spins, &Arc::new(Drops(Mutex::new(Some(pool)), sender)).into()));
        assert!(dropped.recv().is_ok());
        for pid in pids {
            let process = std::path::PathBuf::from(format!("/proc/{pid}"));
eventually("the worker's end", || !process.exists());
        }
    }
}
