//! The parts that a child can have in a lesson in which it is talked with
//! ([`Peer`](crate::peer::Peer)).

use std::fmt;
use std::io;
use std::process::ExitCode;
use std::str::FromStr;

use crate::peer::{Parent, take_handed};
use crate::{compared, fifo, file_lock, manager, names, pipe, queue, semaphore, socket};
#[cfg(target_os = "linux")]
use crate::{message_queue, signal};

/// Says what a child is in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Removes the names of a run when the run is over.
    Sweeper,
    /// The other end of a pipe.
    Pipe,
    /// Puts numbers into a queue.
    Producer,
    /// Takes them out again.
    Consumer,
    /// Owns dicts and lists.
    ManagerServer,
    /// Has proxies of them.
    ManagerClient,
    /// Reads or writes a named pipe.
    Fifo,
    /// Sends to a message queue, or receives from it.
    Mailbox,
    /// Connects to a socket, or listens at one.
    Socket,
    /// Writes twice into a socket.
    TwoWrites,
    /// Wants in where only some may be.
    Crowd,
    /// Is sent signals.
    Signalled,
    /// Adds 1 to the number in a file.
    FileLock,
    /// Sends back what it receives, or takes it.
    Compared,
}

/// Each part, its name and where it is played.
const ALL: [(Part, &str); 14] = [
    (Part::Sweeper, "sweeper"),
    (Part::Pipe, "pipe"),
    (Part::Producer, "producer"),
    (Part::Consumer, "consumer"),
    (Part::ManagerServer, "manager-server"),
    (Part::ManagerClient, "manager-client"),
    (Part::Fifo, "fifo"),
    (Part::Mailbox, "mailbox"),
    (Part::Socket, "socket"),
    (Part::TwoWrites, "two-writes"),
    (Part::Crowd, "crowd"),
    (Part::Signalled, "signalled"),
    (Part::FileLock, "file-lock"),
    (Part::Compared, "compared"),
];

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ALL.iter().find(|(part, _)| part == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for Part {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        ALL.iter().find(|(_, name)| *name == text).map(|(part, _)| *part).ok_or(())
    }
}

impl Part {
    /// Plays the part to its end.
    pub(crate) fn play(self) -> ExitCode {
        let played = take_handed().and_then(|handed| {
            let handed = handed.into_iter();
            match self {
                Self::Sweeper => names::sweep(),
                Self::Pipe => pipe::child(&Parent::listen()?, handed),
                Self::Producer => queue::producer(&Parent::listen()?, handed),
                Self::Consumer => queue::consumer(&Parent::listen()?, handed),
                Self::ManagerServer => manager::server(&Parent::listen()?),
                Self::ManagerClient => manager::client(&Parent::listen()?),
                Self::Fifo => fifo::peer(&Parent::listen()?),
                Self::Socket => socket::peer_of(&Parent::listen()?),
                Self::TwoWrites => socket::two_writes(&Parent::listen()?, handed),
                Self::Crowd => semaphore::peer(&Parent::listen()?, handed),
                Self::Compared => compared::peer(&Parent::listen()?, handed),
                Self::FileLock => file_lock::peer(&Parent::listen()?),
                #[cfg(target_os = "linux")]
                Self::Mailbox => message_queue::peer(&Parent::listen()?),
                #[cfg(target_os = "linux")]
                Self::Signalled => signal::peer(),
                #[cfg(not(target_os = "linux"))]
                Self::Mailbox | Self::Signalled => Err(io::ErrorKind::Unsupported.into()),
            }
        });
        played.map_or_else(failed, |()| ExitCode::SUCCESS)
    }
}

fn failed(error: io::Error) -> ExitCode {
    // There is nowhere left to complain when this fails.
    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("process-sharing: {error}\n"));
    ExitCode::FAILURE
}
