//! What our executor's reactor bears of sockets that are forgotten, and of those whose descriptor
//! is not always the same one: `AsFd` is foreign code.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use coroutines::executor::{self, Executor, Socket, block_on, timeout};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, send, sendmsg};

use crate::executor_foreign::{Foreign, panics_when_dropped, poll};

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

    #[test]
    fn a_socket_that_a_waker_drops_may_drop_a_waker_that_panics() {
        type Kept = RefCell<Option<Socket<UnixStream>>>;
        thread_local!(static KEPT: Kept = const { RefCell::new(None) });
        fn drops() {
            drop(KEPT.take());
        }
        let executor = Executor::new();
        let reads = async || {
            let [one, two] = pair().map(|io| Socket::new(io).expect("it is a socket"));
            let mut buffer = [0];
            let read = executor::spawn(async move { one.read(&mut buffer).await });
            executor::yield_now().await;
            two.write_all(&[7]).await.expect("it is connected");
            timeout(PLENTY, read).await.map(|read| read.expect("it does not panic").ok())
        };
        executor.block_on(async {
            let [ours, theirs] = pair();
            let socket = Socket::new(ours).expect("it is a socket");
            // Nobody makes room for it.
            let much = vec![0; 1 << 20];
            assert!(poll(pin!(socket.write_all(&much)), &panics_when_dropped()).is_pending());
            let waker = Waker::from(Arc::new(Foreign { woken: Some(drops), dropped: None }));
            assert!(poll(pin!(socket.read(&mut [0])), &waker).is_pending());
            KEPT.set(Some(socket));
            (&theirs).write_all(&[7]).expect("there is room");
            assert_eq!(reads().await, Ok(Some(1)));
            assert!(KEPT.take().is_none(), "it was dropped");
        });
        assert_eq!(executor.block_on(reads()), Ok(Some(1)));
    }

    #[test]
    fn a_read_that_ends_behind_a_descriptor_is_not_taken_for_the_last() {
        block_on(async {
            let [ours, theirs] = pair();
            reads_twice(ours, "a", || {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut ancillary = SendAncillaryBuffer::new(&mut space);
                let descriptors = [theirs.as_fd()];
                assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
                let bytes = [IoSlice::new(b"a")];
                sendmsg(&theirs, &bytes, &mut ancillary, SendFlags::empty())?;
                (&theirs).write_all(b"a")
            })
            .await;
        });
    }

    #[test]
    fn a_read_that_ends_before_an_urgent_byte_is_not_taken_for_the_last() {
        block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a port");
            let address = listener.local_addr().expect("it has one");
            let theirs = TcpStream::connect(address).expect("it listens");
            let (ours, _) = listener.accept().expect("it is connected");
            reads_twice(ours, "abc", || {
                (&theirs).write_all(b"abc")?;
                send(&theirs, b"!", SendFlags::OOB)?;
                (&theirs).write_all(b"abc")
            })
            .await;
        });
    }
}

/// Reads twice what is sent at once, of which one edge tells.
async fn reads_twice<T: AsFd>(ours: T, bytes: &str, sends: impl FnOnce() -> io::Result<()>)
where
    for<'a> &'a T: Read + Write,
{
    let (socket, mut buffer) = (Socket::new(ours).expect("it is a socket"), [0; 64]);
    assert!(poll(pin!(socket.read(&mut buffer)), Waker::noop()).is_pending());
    sends().expect("it is connected");
    for _ in 0..2 {
        let read = timeout(PLENTY, socket.read(&mut buffer)).await;
        assert_eq!(read.map(Result::ok), Ok(Some(bytes.len())));
    }
}
