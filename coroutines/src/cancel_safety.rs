//! Operations of tokio's, dropped while they wait: what each has lost. Its documentation says which
//! of them are cancellation safe: those that end with the first that they get.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, duplex};
use tokio::sync::mpsc;

use crate::on_tokio::cancel::drop_at;

/// How much an operation has lost: messages, bytes that are in no buffer, or bytes that are written
/// and of which its caller does not know.
pub type Lost = (&'static str, usize);

/// Receives from an empty channel; the message comes after the drop.
async fn recv() -> Lost {
    let (sender, mut receiver) = mpsc::channel(1);
    assert!(drop_at(1, receiver.recv()).is_none(), "it is empty");
    let _ = sender.try_send(7);
    drop(sender);
    ("recv", usize::from(receiver.recv().await.is_none()))
}

/// Reads 8 bytes, of which the first half comes before the drop and the rest after it; `read` waits
/// for its first byte.
async fn reads(name: &'static str) -> Lost {
    let (ours, mut theirs) = duplex(64);
    let before: &[u8] = if name == "read" { b"" } else { b"half" };
    let mut sent = before.len() + 4;
    let _ = theirs.write_all(before).await;
    let mut ours = BufReader::new(ours);
    let (mut buffer, mut line) = ([0; 8], String::new());
    let ended = match name {
        "read" => drop_at(1, ours.read(&mut buffer)).is_some(),
        "read_exact" => drop_at(1, ours.read_exact(&mut buffer)).is_some(),
        _ => drop_at(1, ours.read_line(&mut line)).is_some(),
    };
    assert!(!ended, "the rest has not come");
    let _ = theirs.write_all(b"rest").await;
    drop(theirs);
    let mut left = Vec::new();
    let _ = ours.read_to_end(&mut left).await;
    sent -= left.len() + line.len();
    (name, sent)
}

/// Writes 8 bytes to where there is room for half of them; `write` waits for room.
async fn writes(name: &'static str) -> Lost {
    let (mut ours, mut theirs) = duplex(4);
    let before: &[u8] = if name == "write" { b"full" } else { b"" };
    let _ = ours.write_all(before).await;
    let ended = match name {
        "write" => drop_at(1, ours.write(b"halfrest")).is_some(),
        _ => drop_at(1, ours.write_all(b"halfrest")).is_some(),
    };
    assert!(!ended, "there is no room for all");
    drop(ours);
    let mut written = Vec::new();
    let _ = theirs.read_to_end(&mut written).await;
    (name, written.len() - before.len())
}

/// Drops each once; returns those that lose nothing, and those that do.
pub async fn operations() -> ([Lost; 3], [Lost; 3]) {
    let safe = [recv().await, reads("read").await, writes("write").await];
    (safe, [reads("read_exact").await, reads("read_line").await, writes("write_all").await])
}
