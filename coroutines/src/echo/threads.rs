//! A thread for each connection: the reads and writes block, and the timeouts are the sockets'.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread::{self, Builder};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{Span, info_span};

use super::{BUFFER, End, Ended, LANES, Server};

struct Stop(CancellationToken, SocketAddr);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
        // A thread in `accept` cannot be dropped as a future can: it gets what it waits for.
        drop(TcpStream::connect(self.1));
    }
}

/// Starts a server on a free port of the loopback interface: a thread for each connection, as many
/// as the system has room for, and the same timeout.
///
/// # Errors
/// The system has no room for it.
pub fn threads(idle: Duration) -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let guard = Stop(stop.clone(), address);
    Server::start(address, guard, move |ended| accept(&listener, idle, &stop, &ended))
}

/// Accepts connections until the server is told to stop, and waits until all are closed.
fn accept(listener: &TcpListener, idle: Duration, stop: &CancellationToken, ended: &Ended) {
    thread::scope(|scope| {
        let mut open: Vec<Weak<TcpStream>> = Vec::new();
        for number in 0.. {
            let accepted = listener.accept();
            if stop.is_cancelled() {
                break;
            }
            let Ok((stream, _)) = accepted else {
                // No descriptor is left, or the client is gone already.
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            let stream = Arc::new(stream);
            // Weak: the connection is closed when its thread ends.
            open.retain(|stream| stream.strong_count() > 0);
            open.push(Arc::downgrade(&stream));
            let body = move || {
                let mut bytes = 0;
                let done = connection(&stream, idle, number < LANES, &mut bytes);
                ended.tell(End::of(done, stop.is_cancelled()), bytes);
            };
            if Builder::new().name(format!("conn{number}")).spawn_scoped(scope, body).is_err() {
                // There is no room for a thread; the client sees an end.
                ended.tell(End::Refused, 0);
                thread::sleep(Duration::from_millis(10));
            }
        }
        for stream in open.iter().filter_map(Weak::upgrade) {
            // What has arrived is still read; then there is an end. It fails where the client is
            // gone.
            let _ = stream.shutdown(Shutdown::Read);
        }
    });
}

/// Serves one connection to its end; counts the bytes that were sent back.
fn connection(
    mut stream: &TcpStream,
    idle: Duration,
    has_lane: bool,
    bytes: &mut u64,
) -> io::Result<()> {
    // The system takes a timeout of zero for none at all.
    let idle = Some(idle.max(Duration::from_micros(1)));
    stream.set_read_timeout(idle).and(stream.set_write_timeout(idle))?;
    let waits = |what| if has_lane { info_span!("waits", what) } else { Span::none() };
    let mut buffer = [0; BUFFER];
    loop {
        let waiting = waits("a message");
        let length = match stream.read(&mut buffer) {
            // A signal: with a timeout, the system does not restart the call by itself.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        drop(waiting);
        if length == 0 {
            return Ok(());
        }
        // Nothing more is read before this is written.
        let _waiting = waits("room");
        stream.write_all(&buffer[..length])?;
        *bytes += length as u64;
    }
}
