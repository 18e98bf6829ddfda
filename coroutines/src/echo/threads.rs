use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{Span, info_span};

use super::{BUFFER, End, LANES, Served, Server};

struct Stop(CancellationToken, SocketAddr);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
        // A thread in `accept` cannot be dropped as a future can: it gets what it waits for.
        drop(TcpStream::connect(self.1));
    }
}

/// Starts a server on a free port of the loopback interface: a thread for each connection, as many as
/// the system has room for, and the same timeout.
///
/// # Errors
/// The system has no room for it.
pub fn threads(idle: Duration) -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    Server::start(address, Stop(stop.clone(), address), move || {
        let mut connections: Vec<(Weak<TcpStream>, JoinHandle<_>)> = Vec::new();
        let mut served = Served::default();
        for number in 0.. {
            let accepted = listener.accept();
            if stop.is_cancelled() {
                break;
            }
            let has_come = accepted.is_ok();
            let started = accepted.and_then(|(stream, _)| {
                let (stream, stop) = (Arc::new(stream), stop.clone());
                // Weak: the connection is closed when its thread ends.
                let weak = Arc::downgrade(&stream);
                let body = move || {
                    let mut bytes = 0;
                    let done = connection(&stream, idle, number < LANES, &mut bytes);
                    (End::of(done, stop.is_cancelled()), bytes)
                };
                Ok((weak, thread::Builder::new().name(format!("conn{number}")).spawn(body)?))
            });
            match started {
                Ok(connection) => connections.push(connection),
                // No descriptor is left, or no room for a thread; the client sees an end.
                Err(_) => {
                    served.0.extend(has_come.then_some((End::Refused, 0)));
                    thread::sleep(Duration::from_millis(10));
                }
            }
            for (_, ended) in connections.extract_if(.., |(_, thread)| thread.is_finished()) {
                served.0.push(ended.join().expect("no connection panics"));
            }
        }
        for stream in connections.iter().filter_map(|(stream, _)| stream.upgrade()) {
            // What has arrived is still read; then there is an end. It fails where the client is gone.
            let _ = stream.shutdown(Shutdown::Read);
        }
        for (_, ended) in connections {
            served.0.push(ended.join().expect("no connection panics"));
        }
        served
    })
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
        let waiting = waits("message");
        let length = match stream.read(&mut buffer) {
            // A signal: with a timeout, the system does not restart the call by itself.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        drop(waiting);
        if length == 0 {
            return Ok(());
        }
        let _waiting = waits("room");
        stream.write_all(&buffer[..length])?;
        *bytes += length as u64;
    }
}
