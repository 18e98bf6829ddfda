//! Operations of tokio's, dropped while they wait: what each has lost. Its documentation says which
//! of them are cancellation safe: those that end with the first that they get.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::on_tokio::cancel::drop_at;

/// Receives from an empty channel; the message comes after the drop.
async fn recv() -> usize {
    let (sender, mut receiver) = mpsc::channel(1);
    assert!(drop_at(1, receiver.recv()).is_none(), "it is empty");
    let _ = sender.try_send(7);
    drop(sender);
    usize::from(receiver.recv().await.is_none())
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
    let (mut buffer, mut line) = ([0; 8], String::new());
    let safe = [
        recv().await,
        reads(b"", async |io| io.read(&mut buffer).await).await,
        writes(b"full", async |io| io.write(b"halfrest").await).await,
    ];
    let exact = reads(b"half", async |io| io.read_exact(&mut buffer).await.map(drop)).await;
    let lines = reads(b"half", async |io| io.read_line(&mut line).await).await - line.len();
    [safe, [exact, lines, writes(b"", async |io| io.write_all(b"halfrest").await).await]]
}
