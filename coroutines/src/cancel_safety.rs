//! What is lost when a future is polled by hand and dropped while it waits, on no runtime at all: a
//! half-read frame, and what tokio's own operations had begun. Its documentation says which of them
//! are cancellation safe: those that end with the first that they get.

use std::future::poll_fn;
use std::io;
use std::mem::{replace, take};
use std::pin::pin;
use std::str::Chars;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc;

/// What a drop at one await has lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// It had ended before, and was not dropped at an await.
    pub ended: bool,
    /// How many bytes, messages or coins are nowhere any more.
    pub lost: u32,
    /// What is found afterwards.
    pub after: String,
}

/// Polls a future this number of times and drops it: at that await, since each lets one poll pass.
fn drop_at<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Reads a byte of a connection, from which each comes after an await. Dropped there, it has read
/// none: by itself it is cancellation safe.
async fn byte(connection: &mut Chars<'_>) -> Option<char> {
    let mut polled = false;
    poll_fn(|_| if replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    connection.next()
}

/// Reads a frame of four bytes, of which `begun` may hold some.
///
/// # Cancel safety
/// Between two awaits, a byte goes from the connection into `begun`; at each await, it is in one of
/// the two. So this is cancellation safe if `begun` outlives it.
async fn read_frame(connection: &mut Chars<'_>, begun: &mut String) -> Option<String> {
    while begun.len() < 4 {
        begun.push(byte(connection).await?);
    }
    Some(take(begun))
}

/// Drops the reading of a frame, and reads on. With its buffer `inside` of the future, what was read
/// is in no frame.
pub fn frame(inside: bool, which: usize) -> Cancelled {
    let (mut connection, mut begun) = ("ABCDEFGH".chars(), String::new());
    let read = async {
        let mut own = String::new();
        read_frame(&mut connection, if inside { &mut own } else { &mut begun }).await
    };
    let ended = drop_at(which, read).is_some();
    let lost = 8 - (connection.as_str().len() + begun.len()) as u32;
    let after = drop_at(usize::MAX, read_frame(&mut connection, &mut begun)).flatten();
    Cancelled { ended, lost, after: after.unwrap_or_default() }
}

/// Reads what comes `before` the drop, and the rest after it.
async fn reads<T>(
    before: &[u8],
    read: impl AsyncFnOnce(&mut BufReader<DuplexStream>) -> io::Result<T>,
) -> usize {
    let (ours, mut theirs) = duplex(64);
    let _ = theirs.write_all(before).await;
    let mut ours = BufReader::new(ours);
    assert!(drop_at(1, read(&mut ours)).is_none(), "the rest has not come");
    let _ = theirs.write_all(b"rest").await;
    drop(theirs);
    let mut left = Vec::new();
    let _ = ours.read_to_end(&mut left).await;
    before.len() + 4 - left.len()
}

/// Writes to where there is room for four bytes, some of which is taken `before`.
async fn writes<T>(
    before: &[u8],
    write: impl AsyncFnOnce(&mut DuplexStream) -> io::Result<T>,
) -> usize {
    let (mut ours, mut theirs) = duplex(4);
    let _ = ours.write_all(before).await;
    assert!(drop_at(1, write(&mut ours)).is_none(), "there is no room for all");
    drop(ours);
    let mut written = Vec::new();
    let _ = theirs.read_to_end(&mut written).await;
    written.len() - before.len()
}

/// Drops each once; returns how much each has lost: messages, bytes that are in no buffer, or bytes
/// that are written and of which its caller does not know. First `recv`, `read` and `write`, then
/// `read_exact`, `read_line` and `write_all`.
pub async fn operations() -> [[usize; 3]; 2] {
    let (sender, mut receiver) = mpsc::channel(1);
    assert!(drop_at(1, receiver.recv()).is_none(), "it is empty");
    let _ = sender.try_send(7);
    drop(sender);
    let (mut buffer, mut line) = ([0; 8], String::new());
    let safe = [
        usize::from(receiver.recv().await.is_none()),
        reads(b"", async |io| io.read(&mut buffer).await).await,
        writes(b"full", async |io| io.write(b"halfrest").await).await,
    ];
    let exact = reads(b"half", async |io| io.read_exact(&mut buffer).await.map(drop)).await;
    let lines = reads(b"half", async |io| io.read_line(&mut line).await).await - line.len();
    [safe, [exact, lines, writes(b"", async |io| io.write_all(b"halfrest").await).await]]
}
