//! What each hand-made type of this topic promises: `Debug` that reads nothing which is guarded, use
//! while thread-locals are destroyed, no time that is too long or too short, no wider auto traits
//! than they may have. What foreign code may do is in `executor_foreign.rs`.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use coroutines::echo::{End, Server, clients, tasks, threads};
use coroutines::executor::{
    self, Elapsed, Executor, JoinError, JoinHandle, Receiver, Sender, Sleep,
};
use coroutines::generator::{Log, StateMachine, async_fn, stackful};
use coroutines::{blocking, cost};

checks::is_not!(Executor: Send, JoinHandle<u32>: Send, Sleep: Send, Sender<u32>: Send);
checks::is_not!(Executor: Sync, JoinHandle<u32>: Sync, Sleep: Sync, Sender<u32>: Sync);
checks::is_not!(Receiver<u32>: Send, Log: Send, StateMachine: Send);
checks::is_not!(Receiver<u32>: Sync, Log: Sync, StateMachine: Sync);
// A panic is sent, and not shared, as by std's threads.
checks::is_not!(JoinError: Sync);
const _: fn() = || {
    fn is<T: Send>() {}
    is::<(JoinError, Elapsed, &Elapsed, Server, &Server, cost::Counting, &cost::Counting)>();
};

/// A value that must not be printed: its cell may be borrowed.
struct Secret;

impl fmt::Debug for Secret {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("it was read")
    }
}

/// Runs a bit of everything, and returns what came out.
fn uses_everything() -> u32 {
    let executor = Executor::new();
    let sum = executor.block_on(async {
        let (sender, mut receiver) = executor::channel(1);
        let sends = executor::spawn(async move {
            for value in 0..4 {
                sender.send(value).await.expect("it is received");
                executor::yield_now().await;
            }
        });
        let mut sum = 0;
        while let Ok(Some(value)) =
            executor::timeout(Duration::from_secs(50), receiver.recv()).await
        {
            sum += value;
        }
        sends.await.expect("it does not panic");
        executor::sleep(Duration::from_millis(1)).await;
        sum
    });
    drop(executor.spawn(std::future::pending::<()>()));
    drop(executor);
    let log = Log::default();
    let made: u32 = StateMachine::Start(log.clone()).chain(async_fn(log.clone())).sum();
    let stackful: u32 = stackful(log).expect("there is room for a stack").sum();
    sum + made + stackful + cost::counted(|| 1).0
}

const EVERYTHING: u32 = 6 + 10 + 10 + 10 + 1;

checks::within_a_minute! {
    #[test]
    fn everything_can_be_used_while_thread_locals_are_destroyed() {
        assert_eq!(uses_everything(), EVERYTHING);
        let used_before = || assert_eq!(uses_everything(), EVERYTHING);
        let during = while_thread_locals_are_destroyed(used_before, uses_everything);
        assert_eq!(during.map_err(|panic| format!("{:?}", panic.downcast::<String>())), Ok(EVERYTHING));
    }

    #[test]
    fn an_executor_in_a_thread_local_is_dropped_with_its_tasks_when_the_thread_ends() {
        struct Ends(std::sync::mpsc::Sender<u32>);
        impl Drop for Ends {
            fn drop(&mut self) {
                let _ = self.0.send(1);
            }
        }
        type Kept = Option<(Executor, JoinHandle<()>, Sleep)>;
        thread_local!(static KEPT: RefCell<Kept> = const { RefCell::new(None) });
        let (tell, told) = std::sync::mpsc::channel();
        let body = || {
            let (executor, end) = (Executor::new(), Ends(tell));
            let task = executor.spawn(async move {
                let _end = end;
                executor::sleep(Duration::from_secs(3600)).await;
            });
            let sleep = executor.block_on(std::future::poll_fn(|cx| {
                let mut sleep = executor::sleep(Duration::from_secs(3600));
                assert!(std::pin::Pin::new(&mut sleep).poll(cx).is_pending());
                std::task::Poll::Ready(sleep)
            }));
            KEPT.set(Some((executor, task, sleep)));
        };
        thread::spawn(body).join().expect("nothing panics in a destructor of a thread-local");
        assert_eq!(told.iter().sum::<u32>(), 1);
    }

    #[test]
    fn debug_reads_no_value_of_a_channel_or_a_task() {
        let executor = Executor::new();
        let (sender, receiver) = executor::channel(1);
        assert!(sender.try_send(Secret).is_ok());
        let task = executor.spawn(async { Secret });
        executor.block_on(executor::yield_now());
        executor.block_on(executor::yield_now());
        assert!(task.is_finished());
        let printed = format!("{executor:?} {sender:?} {receiver:?} {task:?}");
        assert!(printed.contains("Executor { .. }"), "{printed}");
        assert!(printed.contains("finished: true"), "{printed}");
        // And while it is polled.
        executor.block_on(async {
            let own = Rc::new(RefCell::new(None::<JoinHandle<()>>));
            let (own2, seen) = (Rc::clone(&own), Rc::new(Cell::new(false)));
            let seen2 = Rc::clone(&seen);
            let task = executor::spawn(async move {
                assert!(format!("{own2:?}").contains("finished: false"));
                own2.take();
                seen2.set(true);
            });
            own.replace(Some(task));
            executor::yield_now().await;
            assert!(seen.get());
        });
    }

    #[test]
    fn no_timeout_is_too_long_and_none_too_short() {
        let stall = blocking::spawn_blocking(Duration::from_millis(1), Duration::MAX);
        assert_eq!(stall.ticks, blocking::TICKS);
        assert!(blocking::on_the_runtime(Duration::ZERO, Duration::ZERO).ticks <= blocking::TICKS);
        for idle in [Duration::MAX, Duration::ZERO] {
            for server in [tasks(4, idle), threads(idle)] {
                let server = server.expect("there is a port");
                let address = server.address();
                coroutines::tokio_runtime::block_on(async {
                    if idle > Duration::ZERO {
                        clients::visit(address, 3).await.expect("it is served");
                    } else {
                        clients::silent(address).await.expect("it is accepted, and closed");
                    }
                });
                let served = server.stop();
                let well = served.ended(End::Left) + served.ended(End::Stopped);
                let ends = (well, served.ended(End::Idle));
                assert_eq!(ends, if idle > Duration::ZERO { (1, 0) } else { (0, 1) });
            }
        }
    }

    #[test]
    fn a_server_that_is_dropped_serves_no_more_connections() {
        for server in [tasks(4, Duration::MAX), threads(Duration::MAX)] {
            let server = server.expect("there is a port");
            let address = server.address();
            drop(server);
            checks::eventually("the end of the server", || {
std::net::TcpStream::connect(address).is_err()
});
        }
    }
}
