//! Unix domain sockets: a conversation between processes that know a path, the credentials of the
//! peer, and open files that one process hands to another.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry};
use kit::process_lane::PARENT;
use rustix::io::{retry_on_intr, write};
use rustix::net::{RecvFlags, SocketType, recv};
use rustix::process::{Resource, getrlimit};

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, inherited, words};

mod descriptor;

pub(crate) use descriptor::{NO_SIGNAL, pair};
pub use descriptor::{receive_descriptor, send_descriptor};

/// Starts a client that connects to a listener in a folder of the run's own.
fn client(program: &Path, does: &str) -> io::Result<(Names, UnixStream, TalkingChild)> {
    let names = Names::new(program)?;
    let path = names.path("socket");
    let listener = UnixListener::bind(&path)?;
    // The client says so when it is connected: an accept alone would wait for ever for one that
    // has died.
    let client = start(program, "client", &path, does)?.after("connected")?;
    let (stream, _) = listener.accept()?;
    // A client that is stopped sends nothing, and does not exit.
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok((names, stream, client))
}

fn start(program: &Path, lane: &str, path: &str, does: &str) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CHILD, lane, &[], &[path, does])
}

/// Lets a client connect by the path, ask and be answered. Returns what the server received, what
/// the client received, and whether the kernel names the client as the peer, where it can be asked.
pub fn by_path(program: &Path) -> io::Result<(String, String, bool)> {
    let (_names, mut stream, client) = client(program, "ask")?;
    let mut asked = [0; 4];
    stream.read_exact(&mut asked)?;
    stream.write_all(b"123")?;
    // Ends the client's input.
    stream.shutdown(std::net::Shutdown::Write)?;
    let known = peer_pid(&stream)?.is_none_or(|pid| pid == client.pid());
    Ok((String::from_utf8_lossy(&asked).into_owned(), client.answer()?, known))
}

/// Returns the PID of the process at the other end, as the kernel knows it (`SO_PEERCRED`).
#[cfg(target_os = "linux")]
fn peer_pid(stream: &UnixStream) -> io::Result<Option<u32>> {
    let credentials = rustix::net::sockopt::socket_peercred(stream)?;
    Ok(u32::try_from(credentials.pid.as_raw_nonzero().get()).ok())
}

#[cfg(not(target_os = "linux"))]
fn peer_pid(_: &UnixStream) -> io::Result<Option<u32>> {
    Ok(None)
}

/// Lets two clients echo messages, one by a Unix socket and one by TCP on the loopback interface;
/// `None` if there is none. Returns the address of the second, all that the server knows of it, and the
/// time of a message of 64 bytes and its echo: by the Unix socket, and by TCP.
pub fn tcp(program: &Path) -> io::Result<Option<(SocketAddr, [Duration; 2])>> {
    let (_names, mut unix, unix_client) = client(program, "echo")?;
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) {
        Err(error) if error.kind() == ErrorKind::AddrNotAvailable => return Ok(None),
        bound => bound?,
    };
    let address = listener.local_addr()?.to_string();
    let tcp_client = start(program, "tcp client", &address, "echo by tcp")?.after("connected")?;
    let (mut tcp, peer) = listener.accept()?;
    // A short message goes at once, and does not wait for the next one (Nagle's algorithm).
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(DEADLINE))?;
    let times = [round_trip(&mut unix)?, round_trip(&mut tcp)?];
    drop((unix, tcp));
    unix_client.succeeds()?;
    tcp_client.succeeds()?;
    Ok(Some((peer, times)))
}

/// Returns the mean time of a message and its echo.
fn round_trip(stream: &mut (impl Read + Write)) -> io::Result<Duration> {
    const TIMES: u32 = 500;
    let begun = Instant::now();
    for number in 0..TIMES {
        let message = [number as u8; 64];
        stream.write_all(&message)?;
        let mut echo = [0; 64];
        stream.read_exact(&mut echo)?;
        if echo != message {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    Ok(begun.elapsed() / TIMES)
}

/// Sends back messages of 64 bytes until the other end is closed.
fn echo(mut stream: impl Read + Write) -> io::Result<()> {
    let mut message = [0; 64];
    while stream.read_exact(&mut message).is_ok() {
        stream.write_all(&message)?;
    }
    Ok(())
}

/// Lets a client open a file, remove its name, and send the descriptor's number; returns what the
/// server finds under that number.
pub fn number_passed(program: &Path) -> io::Result<Option<String>> {
    let (_names, stream, mut client) = client(program, "number")?;
    let _holds = client.lane().holds("the file");
    let _runs = PARENT.runs("opens what has that number");
    let number = io::read_to_string(stream)?;
    let found = fs::read_to_string(format!("/dev/fd/{number}")).ok();
    client.send_line("done")?;
    client.succeeds().map(|()| found)
}

/// Lets a client open a file, remove its name, and pass the descriptor itself; returns what the
/// server reads from it when the client has exited.
pub fn descriptor_passed(program: &Path) -> io::Result<Option<String>> {
    let (_names, stream, mut client) = client(program, "descriptor")?;
    let holds = client.lane().holds("the file");
    let file = receive_descriptor(&stream)?;
    let _holds = PARENT.holds("the file");
    client.send_line("done")?;
    client.succeeds()?;
    drop(holds);
    file.map(|file| io::read_to_string(fs::File::from(file))).transpose()
}

/// Lets a client write `one` and then `two` into a socket of this type, and returns what the first
/// receive takes out when both are there. (macOS has no `SEQPACKET`.)
pub fn two_writes(program: &Path, kind: SocketType) -> io::Result<String> {
    let (ours, theirs) = pair(kind)?;
    let mut client = TalkingChild::start(program, &CHILD, "client", &[&theirs], &["write twice"])?;
    client.expect_line("both are written")?;
    let mut text = [0; 64];
    let (length, _) = retry_on_intr(|| recv(&ours, &mut text, RecvFlags::empty()))?;
    client.succeeds()?;
    Ok(String::from_utf8_lossy(&text[..length]).into_owned())
}

/// Kills a server that has bound a path, and returns the error of a second one that binds it by
/// `bind`.
pub fn after_a_kill(
    program: &Path,
    bind: fn(&Path) -> io::Result<UnixListener>,
) -> io::Result<Option<ErrorKind>> {
    let names = Names::new(program)?;
    let path = names.path("socket");
    start(program, "server", &path, "bind")?.after("bound")?.kill()?;
    Ok(bind(path.as_ref()).err().map(|error| error.kind()))
}

/// Binds a path. If it is taken, but no process listens there, removes it and binds again.
///
/// Two processes that do so at once may both find no listener, and the second remove what the first
/// has just bound: where that can happen, a file lock beside the socket has to exclude it.
pub fn bind_or_take_over(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => match UnixStream::connect(path) {
            Err(refused) if refused.kind() == ErrorKind::ConnectionRefused => {
                fs::remove_file(path)?;
                UnixListener::bind(path)
            }
            _ => Err(error),
        },
        bound => bound,
    }
}

/// The child: a client that connects to a path or an address, or has one end of a pair; or a server
/// that binds a path and waits to be killed.
pub const CHILD: Entry = Entry { name: "socket", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [path, does] = words(arguments)?;
    let parent = Parent::listen()?;
    if does == "write twice" {
        let socket = inherited(path)?;
        for text in [b"one", b"two"] {
            retry_on_intr(|| write(&socket, text))?;
        }
        return parent.send_line("both are written");
    }
    if does == "bind" {
        let _listener = UnixListener::bind(path)?;
        parent.send_line("bound")?;
        return parent.recv_line().map(drop);
    }
    if does == "echo by tcp" {
        let stream = TcpStream::connect(path)?;
        stream.set_nodelay(true)?;
        parent.send_line("connected")?;
        return echo(stream);
    }
    let mut stream = UnixStream::connect(path)?;
    parent.send_line("connected")?;
    if does == "echo" {
        return echo(stream);
    }
    if does == "ask" {
        stream.write_all(b"what")?;
        return parent.send_line(io::read_to_string(stream)?);
    }
    // A file without a name: a process that has no descriptor of it cannot open it.
    let path = format!("{path}.text");
    fs::write(&path, "from the client")?;
    let file = fs::File::open(&path)?;
    fs::remove_file(&path)?;
    if does == "descriptor" {
        send_descriptor(&stream, file.as_fd())?;
        return parent.recv_line().map(drop);
    }
    // A number so high that the server has no descriptor under it; a low one would be some other
    // file of the server's.
    let limit = getrlimit(Resource::Nofile).current.and_then(|limit| i32::try_from(limit).ok());
    let high = rustix::io::fcntl_dupfd_cloexec(&file, 200.min(limit.unwrap_or(i32::MAX) - 1))?;
    write!(stream, "{}", high.as_raw_fd())?;
    // Ends the server's input; the file stays open until the server has looked.
    drop(stream);
    parent.recv_line().map(drop)
}
