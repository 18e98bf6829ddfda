//! The means, with one face: a channel from one process to another, of messages of one size.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use ipc_channel::ipc::{
    self, IpcBytesReceiver, IpcBytesSender, IpcReceiver, IpcSender, IpcSharedMemory,
};
use nix::sys::stat::Mode;
use process_sharing::shared_memory::ring;

pub(crate) trait Sends {
    fn send(&mut self, message: &[u8]);
}

pub(crate) trait Receives {
    /// Receives a message and looks at it: where it is, if it need not be copied.
    fn look(&mut self) -> u64;
    /// Receives a copy.
    fn receive(&mut self, message: &mut Vec<u8>);
}

pub(crate) trait Means {
    const NAME: &'static str;
    const LARGEST: usize = usize::MAX;
    type Sends: Sends;
    type Receives: Receives;
    fn channel(size: usize) -> (Self::Sends, Self::Receives);
}

/// Adds up one byte of each cache line.
pub(crate) fn look(message: &[u8]) -> u64 {
    message.iter().step_by(64).map(|byte| u64::from(*byte)).sum()
}

pub(crate) struct Ring;

impl Means for Ring {
    const NAME: &'static str = "ring (ours)";
    type Sends = ring::Producer;
    type Receives = ring::Consumer;
    fn channel(size: usize) -> (ring::Producer, ring::Consumer) {
        // The least ring has two pages: room for a hundred small messages in the first-level cache.
        ring_of(4 * size)
    }
}

/// The ring, with more room than the second-level caches of both cores have.
pub(crate) struct LargeRing;

impl Means for LargeRing {
    const NAME: &'static str = "ring (ours), 8 MiB";
    type Sends = ring::Producer;
    type Receives = ring::Consumer;
    fn channel(_size: usize) -> (ring::Producer, ring::Consumer) {
        ring_of(8 << 20)
    }
}

fn ring_of(capacity: usize) -> (ring::Producer, ring::Consumer) {
    let ring = ring::Ring::new(capacity).expect("there is memory");
    let other = ring.as_fd().try_clone_to_owned().and_then(ring::Ring::open).expect("it is a ring");
    (ring.producer().expect("it is free"), other.consumer().expect("it is free"))
}

impl Sends for ring::Producer {
    fn send(&mut self, message: &[u8]) {
        ring::Producer::send(self, message).expect("the other end is there");
    }
}

impl Receives for ring::Consumer {
    fn look(&mut self) -> u64 {
        look(&ring::Consumer::receive(self).expect("the other end is there"))
    }
    fn receive(&mut self, message: &mut Vec<u8>) {
        self.receive_into(message).expect("the other end is there");
    }
}

/// What is a stream of bytes: the message has to be copied out before it can be looked at.
pub(crate) struct Stream<R>(R, Vec<u8>);

impl<R: Read> Receives for Stream<R> {
    fn look(&mut self) -> u64 {
        self.0.read_exact(&mut self.1).expect("the other end is there");
        look(&self.1)
    }
    fn receive(&mut self, message: &mut Vec<u8>) {
        self.0.read_exact(message).expect("the other end is there");
    }
}

macro_rules! stream {
    ($Means:ident, $name:literal, $Writer:ty, $Reader:ty, $make:expr) => {
        pub(crate) struct $Means;
        impl Means for $Means {
            const NAME: &'static str = $name;
            type Sends = $Writer;
            type Receives = Stream<$Reader>;
            fn channel(size: usize) -> ($Writer, Stream<$Reader>) {
                let (writer, reader) = $make;
                (writer, Stream(reader, vec![0; size]))
            }
        }
        impl Sends for $Writer {
            fn send(&mut self, message: &[u8]) {
                self.write_all(message).expect("the other end is there");
            }
        }
    };
}

stream!(Pipe, "pipe", PipeWriter, PipeReader, super::peer::pipe());
stream!(
    SocketPair,
    "socketpair",
    UnixStream,
    UnixStream,
    UnixStream::pair().expect("there is room for two")
);
stream!(Fifo, "FIFO", std::fs::File, std::fs::File, {
    let path = std::env::temp_dir().join(format!("bench-ipc-{}", std::process::id()));
    nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).expect("the folder is there");
    // One that may read and write opens it without waiting for another.
    let reader = std::fs::File::options().read(true).write(true).open(&path);
    let writer = std::fs::File::options().write(true).open(&path);
    std::fs::remove_file(&path).expect("it was just made");
    (writer.expect("it was just made"), reader.expect("it was just made"))
});

pub(crate) struct ChannelOfBytes;

impl Means for ChannelOfBytes {
    const NAME: &'static str = "ipc-channel, bytes";
    type Sends = IpcBytesSender;
    type Receives = IpcBytesReceiver;
    fn channel(_size: usize) -> (IpcBytesSender, IpcBytesReceiver) {
        ipc::bytes_channel().expect("there is room for it")
    }
}

impl Sends for IpcBytesSender {
    fn send(&mut self, message: &[u8]) {
        IpcBytesSender::send(self, message).expect("the other end is there");
    }
}

impl Receives for IpcBytesReceiver {
    fn look(&mut self) -> u64 {
        look(&self.recv().expect("the other end is there"))
    }
    fn receive(&mut self, message: &mut Vec<u8>) {
        message.copy_from_slice(&self.recv().expect("the other end is there"));
    }
}

macro_rules! typed {
    ($Means:ident, $name:literal, $Message:ty, $make:path) => {
        pub(crate) struct $Means;
        impl Means for $Means {
            const NAME: &'static str = $name;
            type Sends = IpcSender<$Message>;
            type Receives = IpcReceiver<$Message>;
            fn channel(_size: usize) -> (IpcSender<$Message>, IpcReceiver<$Message>) {
                ipc::channel().expect("there is room for it")
            }
        }
        impl Sends for IpcSender<$Message> {
            fn send(&mut self, message: &[u8]) {
                IpcSender::send(self, $make(message)).expect("the other end is there");
            }
        }
        impl Receives for IpcReceiver<$Message> {
            fn look(&mut self) -> u64 {
                look(&self.recv().expect("the other end is there"))
            }
            fn receive(&mut self, message: &mut Vec<u8>) {
                message.copy_from_slice(&self.recv().expect("the other end is there"));
            }
        }
    };
}

typed!(ChannelOfVecs, "ipc-channel, Vec by serde", Vec<u8>, Vec::from);
typed!(ChannelOfMemory, "ipc-channel, shared memory", IpcSharedMemory, IpcSharedMemory::from_bytes);
