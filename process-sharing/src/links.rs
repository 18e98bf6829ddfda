//! Means of communication between a parent and its child, each as a [`Link`]: both sides send
//! messages, and receive them.
//!
//! # Layout
//!
//! | file | what it is |
//! | --- | --- |
//! | `open.rs` | how each of them is opened: the parent's side, and the child's |
//! | `channels.rs`, `message_queues.rs` | links that are neither a stream each way nor rings |

use std::io::{self, Read, Write};

use crate::child::TalkingChild;
use crate::names::Names;
use crate::shared_memory::ring::{Consumer, Producer};

mod channels;
#[cfg(target_os = "linux")]
mod message_queues;
mod open;

pub(crate) use open::{join, open};

/// A function that a received message is checked with.
pub(crate) type Look<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

pub(crate) trait Link {
    fn send(&mut self, message: &[u8]) -> io::Result<()>;
    fn receive(&mut self, size: usize, look: Look<'_>) -> io::Result<()>;
}

/// The parent's side of a link, and the child at the other one.
pub(crate) struct Opened {
    // In this order: the child exits when the link is closed.
    pub(crate) link: Box<dyn Link>,
    pub(crate) child: TalkingChild,
    /// The names of what both sides have opened, to be removed with it.
    pub(crate) _names: Option<Names>,
}

/// A stream each way, and a buffer for received messages.
struct Streams<R, W>(R, W, Vec<u8>);

impl<R: Read, W: Write> Link for Streams<R, W> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.write_all(message)
    }

    fn receive(&mut self, size: usize, look: Look<'_>) -> io::Result<()> {
        self.2.resize(size.max(self.2.len()), 0);
        let message = &mut self.2[..size];
        self.0.read_exact(message)?;
        look(message)
    }
}

fn streams<R: Read + 'static, W: Write + 'static>(read: R, write: W) -> Box<dyn Link> {
    Box::new(Streams(read, write, Vec::new()))
}

struct Rings(Consumer, Producer);

impl Link for Rings {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.send(message).map_err(io::Error::other)
    }

    fn receive(&mut self, _: usize, look: Look<'_>) -> io::Result<()> {
        look(&self.0.receive().map_err(io::Error::other)?)
    }
}
