//! What our executor's reactor bears of sockets that are forgotten, and of those whose descriptor
//! is not always the same one: `AsFd` is foreign code.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use coroutines::executor::{Socket, block_on, timeout};

use crate::executor_foreign::{Foreign, poll};

const PLENTY: Duration = Duration::from_secs(50);

/// One of two streams, which are others': they are closed though a socket of this was forgotten.
struct OneOf<'a>([&'a UnixStream; 2], &'a Cell<usize>);

impl OneOf<'_> {
    fn stream(&self) -> &UnixStream {
        self.0[self.1.get()]
    }
}

impl AsFd for OneOf<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream().as_fd()
    }
}

impl Read for &OneOf<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream().read(buffer)
    }
}

impl Write for &OneOf<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn pair() -> [UnixStream; 2] {
    UnixStream::pair().expect("there are descriptors").into()
}

thread_local!(static MADE: Cell<usize> = const { Cell::new(0) });

/// Returns a waker whose destructor makes two sockets.
fn makes_sockets() -> Waker {
    fn make() {
        MADE.set(MADE.get() + pair().map(Socket::new).iter().flatten().count());
    }
    Waker::from(Arc::new(Foreign { woken: None, dropped: Some(make) }))
}

checks::within_a_minute! {
    #[test]
    fn a_socket_takes_over_the_descriptor_of_one_that_was_forgotten() {
        block_on(async {
            // Other tests may get the descriptor first.
            let mut reused = false;
            while !reused {
                let ([ours, _theirs], first) = (pair(), Cell::new(0));
                let number = ours.as_raw_fd();
                let socket = Socket::new(OneOf([&ours; 2], &first)).expect("it is a socket");
                assert!(poll(pin!(socket.read(&mut [0])), &makes_sockets()).is_pending());
                std::mem::forget(socket);
                drop(ours);
                let [one, two] = pair();
                reused = [&one, &two].iter().any(|io| io.as_raw_fd() == number);
                let [one, two] = [one, two].map(|io| Socket::new(io).expect("it is a socket"));
                for (from, to) in [(&one, &two), (&two, &one)] {
                    let mut buffer = [0];
                    let mut read = pin!(to.read(&mut buffer));
                    assert!(poll(read.as_mut(), Waker::noop()).is_pending());
                    from.write_all(&[7]).await.expect("it is connected");
                    let read = timeout(PLENTY, read).await;
                    assert_eq!(read.map(Result::ok), Ok(Some(1)));
                }
            }
        });
    }

    #[test]
    fn a_socket_whose_descriptor_changes_takes_no_others_place() {
        block_on(async {
            let ([x, _x], [y, other], first) = (pair(), pair(), Cell::new(0));
            let socket = Socket::new(OneOf([&x, &y], &first)).expect("it is a socket");
            assert!(poll(pin!(socket.read(&mut [0])), &makes_sockets()).is_pending());
            let ys = Socket::new(OneOf([&y; 2], &first)).expect("it is another descriptor");
            first.set(1);
            drop(socket);
            assert_eq!(MADE.get(), 2, "its waker was dropped");
            let mut buffer = [0];
            let mut read = pin!(ys.read(&mut buffer));
            assert!(poll(read.as_mut(), Waker::noop()).is_pending());
            (&other).write_all(&[7]).expect("there is room");
            assert_eq!(timeout(PLENTY, read).await.map(Result::ok), Ok(Some(1)));
            // Nor does it need a place for the new one.
            let ([x, _x], [y, _y], first) = (pair(), pair(), Cell::new(0));
            let socket = Socket::new(OneOf([&x, &y], &first)).expect("it is a socket");
            first.set(1);
            drop(socket);
        });
    }
}
