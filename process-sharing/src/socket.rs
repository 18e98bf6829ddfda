//! Unix domain sockets: a conversation between processes that know a path, who they are, and open
//! files handed from one to the other.

use std::fs;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::io::retry_on_intr;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::{Resource, getrlimit};
use tracing::info_span;

use crate::child::DEADLINE;
use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

mod border;
mod stale;

pub(crate) use border::two_writes;
pub use border::{seqpacket, stream};
pub use stale::{bind_or_take_over, bound_again, taken_over};

/// A listener in a folder of the run's own, and a client that connects to it.
fn client(program: &Path, does: &str) -> io::Result<(Names, UnixStream, Peer)> {
    let names = Names::new(program)?;
    let path = names.path("socket");
    let listener = UnixListener::bind(&path)?;
    let mut client = Peer::start(program, Part::Socket, "client")?;
    client.tell(path.display())?;
    client.tell(does)?;
    // It says so when it is connected, or ends: an accept alone would wait for ever for one that
    // has died.
    client.expect("connected")?;
    let (stream, _) = listener.accept()?;
    // One that is stopped says nothing, and does not end.
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok((names, stream, client))
}

/// A client connects by the path, asks, and is answered. Returns what the server heard, what the
/// client heard, and whether the kernel says that the one at the other end is the client, where it
/// can be asked.
///
/// # Errors
/// The socket cannot be made, or the child fails.
pub fn by_path(program: &Path) -> io::Result<(String, String, bool)> {
    let (_names, mut stream, mut client) = client(program, "ask")?;
    let mut asked = [0; 4];
    stream.read_exact(&mut asked)?;
    stream.write_all(b"123")?;
    finish(&stream)?;
    let known = peer(&stream)?.is_none_or(|pid| pid == client.pid());
    let answer = client.heard()?;
    client.ended()?;
    Ok((String::from_utf8_lossy(&asked).into_owned(), answer, known))
}

/// Ends what is sent, so that the other side's input ends.
fn finish(stream: &UnixStream) -> io::Result<()> {
    stream.shutdown(std::net::Shutdown::Write)
}

/// Asks the kernel who is at the other end.
#[cfg(target_os = "linux")]
fn peer(stream: &UnixStream) -> io::Result<Option<u32>> {
    let credentials = rustix::net::sockopt::socket_peercred(stream)?;
    Ok(u32::try_from(credentials.pid.as_raw_nonzero().get()).ok())
}

#[cfg(not(target_os = "linux"))]
fn peer(_: &UnixStream) -> io::Result<Option<u32>> {
    Ok(None)
}

/// A client opens a file, removes its name, and sends the descriptor's number; returns what the
/// server finds under that number.
///
/// # Errors
/// The socket cannot be made, or the child fails.
pub fn number_passed(program: &Path) -> io::Result<Option<String>> {
    let (_names, mut stream, mut client) = client(program, "number")?;
    let _holds = client.lane(|| info_span!("holds", what = "the file"));
    let _runs = parent(|| info_span!("runs", what = "opens what has that number"));
    let mut number = String::new();
    stream.read_to_string(&mut number)?;
    let found = fs::read_to_string(format!("/dev/fd/{number}")).ok();
    client.tell("done")?;
    client.ended()?;
    Ok(found)
}

/// A client opens a file, removes its name, and passes the descriptor itself; returns what the
/// server reads from what it got, when the client has ended.
///
/// # Errors
/// The socket cannot be made, or the child fails.
pub fn descriptor_passed(program: &Path) -> io::Result<Option<String>> {
    let (_names, stream, mut client) = client(program, "descriptor")?;
    let holds = client.lane(|| info_span!("holds", what = "the file"));
    let got = receive_descriptor(&stream)?;
    let _holds = parent(|| info_span!("holds", what = "the file"));
    client.tell("done")?;
    client.ended()?;
    drop(holds);
    let mut text = String::new();
    got.map(|file| fs::File::from(file).read_to_string(&mut text)).transpose()?;
    Ok(Some(text))
}

/// Sends a byte, and with it a descriptor: the other process gets one of its own, of whatever
/// number, to the same open file.
///
/// # Errors
/// The other end is closed.
pub fn send_descriptor(stream: &UnixStream, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    // There is space for one, and it is one.
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let byte = [IoSlice::new(&[0])];
    retry_on_intr(|| sendmsg(stream, &byte, &mut ancillary, SendFlags::empty()))?;
    Ok(())
}

/// Receives what [`send_descriptor`] has sent; `None` if the byte came without one, or the other
/// end is closed.
///
/// # Errors
/// One was sent, and this process has no room for another open file; or more were sent than there
/// is space for. What was sent is lost then.
pub fn receive_descriptor(stream: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    // Close-on-exec from the first moment: a child that another thread starts just now shall not
    // have it.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = retry_on_intr(|| {
        recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, flags)
    })?;
    // The kernel has closed what it could not hand over, and says no more than this.
    if received.flags.contains(ReturnFlags::CTRUNC) {
        let why = "a descriptor was sent, and this process had no room for it: raise its limit of open files";
        return Err(io::Error::other(why));
    }
    Ok(ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}

/// A client: is told the path, and what to do.
pub(crate) fn peer_of(parent: &Parent) -> io::Result<()> {
    let path = parent.told()?;
    let does = parent.told()?;
    if does == "bind" {
        return stale::bind_and_stay(parent, &path);
    }
    let mut stream = UnixStream::connect(&path)?;
    parent.tell("connected")?;
    if does == "ask" {
        stream.write_all(b"what")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        return parent.tell(answer);
    }
    // A file without a name: who has no descriptor of it cannot open it.
    let path = format!("{path}.text");
    fs::write(&path, "from the client")?;
    let file = fs::File::open(&path)?;
    fs::remove_file(&path)?;
    if does == "descriptor" {
        send_descriptor(&stream, file.as_fd())?;
    } else {
        // A number so high that the server surely has nothing under it; a low one would be some
        // other file of the server's.
        let limit = getrlimit(Resource::Nofile).current.and_then(|limit| i32::try_from(limit).ok());
        let high = rustix::io::fcntl_dupfd_cloexec(&file, 200.min(limit.unwrap_or(i32::MAX) - 1))?;
        write!(stream, "{}", high.as_raw_fd())?;
        drop(stream);
        // It stays open until the server has looked.
        parent.told()?;
        return Ok(());
    }
    parent.told().map(drop)
}
