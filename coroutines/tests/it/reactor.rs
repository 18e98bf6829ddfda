//! What our executor's reactor promises beyond serving an echo.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use coroutines::executor::{Socket, block_on, sleep, spawn, timeout, yield_now};
use tokio::sync::oneshot;

const PLENTY: Duration = Duration::from_secs(50);

/// Returns a socket of the executor that runs the caller, and what its client writes to.
fn pair() -> (Socket<UnixStream>, UnixStream) {
    let (ours, theirs) = UnixStream::pair().expect("there are descriptors");
    (Socket::new(ours).expect("there is a reactor"), theirs)
}

checks::within_a_minute! {
    #[test]
    fn a_wake_up_from_another_thread_ends_the_wait_for_sockets() {
        let woken = block_on(async {
            let (silent, _theirs) = pair();
            let read = spawn(async move { silent.read(&mut [0]).await.is_ok() });
            let (wake, woken) = oneshot::channel();
            let waiter = rustix::thread::gettid().as_raw_nonzero();
            let thread = std::thread::spawn(move || {
                // Until the executor's thread sleeps, which it does for sockets alone.
                let stat = || std::fs::read_to_string(format!("/proc/self/task/{waiter}/stat"));
                checks::eventually("a thread that sleeps", || {
stat().is_ok_and(|stat| stat.contains(") S "))
});
                wake.send(7)
            });
            let number = woken.await;
            assert!(!read.is_finished(), "its client is silent");
            assert!(thread.join().is_ok_and(|sent| sent.is_ok()));
            number
        });
        assert_eq!(woken, Ok(7));
    }

    #[test]
    fn a_timer_ends_the_wait_for_sockets_and_the_read_that_it_drops_has_read_nothing() {
        block_on(async {
            let (ours, mut theirs) = pair();
            assert!(timeout(Duration::from_millis(5), ours.read(&mut [0; 4])).await.is_err());
            theirs.write_all(b"1234").expect("there is room");
            let mut buffer = [0; 4];
            assert_eq!(timeout(PLENTY, ours.read(&mut buffer)).await.map(Result::ok), Ok(Some(4)));
            assert_eq!(&buffer, b"1234");
        });
    }

    #[test]
    fn what_comes_after_a_short_read_is_told_and_so_is_the_end() {
        block_on(async {
            let (ours, mut theirs) = pair();
            let mut buffer = [0; 8];
            for _ in 0..3 {
                theirs.write_all(b"123").expect("there is room");
                assert_eq!(timeout(PLENTY, ours.read(&mut buffer)).await.map(Result::ok), Ok(Some(3)));
            }
            // The last bytes and the end are there before the reactor tells of either.
            theirs.write_all(b"123").expect("there is room");
            drop(theirs);
            for wanted in [3, 0, 0] {
                let read = timeout(PLENTY, ours.read(&mut buffer)).await;
                assert_eq!(read.map(Result::ok), Ok(Some(wanted)));
            }
        });
    }

    #[test]
    fn a_write_waits_for_room_and_sockets_are_looked_at_while_tasks_are_busy() {
        const ALL: usize = 4 << 20;
        block_on(async {
            let (ours, theirs) = pair();
            let theirs = Socket::new(theirs).expect("it is another descriptor");
            drop(spawn(async {
                loop {
                    yield_now().await;
                }
            }));
            let writes = spawn(async move { ours.write_all(&vec![7; ALL]).await.is_ok() });
            let (mut read, mut buffer) = (0, vec![0; 10_000]);
            while read < ALL {
                read += theirs.read(&mut buffer).await.expect("it is connected");
            }
            assert!(writes.await.is_ok_and(|all| all) && read == ALL);
        });
    }

    #[test]
    fn a_socket_that_takes_over_the_number_of_a_dropped_one_is_told_of_its_own() {
        block_on(async {
            for _ in 0..50 {
                let (ours, mut theirs) = pair();
                theirs.write_all(b"1").expect("there is room");
                drop((ours, theirs));
                let (ours, mut theirs) = pair();
                let read = spawn(async move { ours.read(&mut [0]).await.ok() });
                sleep(Duration::ZERO).await;
                theirs.write_all(b"2").expect("there is room");
                assert_eq!(timeout(PLENTY, read).await.map(Result::ok), Ok(Some(Some(1))));
            }
        });
    }
}
