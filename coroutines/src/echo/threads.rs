//! A thread for each connection, and the same limits.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use tracing::{Span, info_span};

use super::{BUFFER, End, LANES, Limits, Served, Server};

/// A guard that tells a server to stop when it is dropped.
#[derive(Debug)]
struct Stop {
    address: SocketAddr,
    told: Arc<AtomicBool>,
}

impl Drop for Stop {
    fn drop(&mut self) {
        // The acceptor's Acquire load sees it, once the connection made here has woken it.
        self.told.store(true, Ordering::Release);
        // A thread in `accept` cannot be dropped as a future can: it gets what it waits for.
        drop(TcpStream::connect(self.address));
    }
}

/// Starts a server on a free port of the loopback interface.
///
/// # Errors
/// The system has no room for it.
pub fn start(limits: Limits) -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (address, told) = (listener.local_addr()?, Arc::new(AtomicBool::new(false)));
    let stopped = Arc::clone(&told);
    let serving = move || serve(&listener, limits, &stopped);
    Server::start(address, Stop { address, told }, serving)
}

type Ended = (End, u64);

/// Accepts connections until it is told to stop, then waits for those that it has.
fn serve(listener: &TcpListener, limits: Limits, stop: &Arc<AtomicBool>) -> Served {
    let mut connections: Vec<(Weak<TcpStream>, thread::JoinHandle<Ended>)> = Vec::new();
    let mut served = Served::default();
    for number in 0.. {
        let accepted = listener.accept();
        // Pairs with the Release store of `Stop`.
        if stop.load(Ordering::Acquire) {
            break;
        }
        let has_come = accepted.is_ok();
        let started = accepted.and_then(|(stream, _)| {
            let stream = Arc::new(stream);
            // Weak: the connection is closed when its thread ends.
            let (weak, stop) = (Arc::downgrade(&stream), Arc::clone(stop));
            let body = move || connection(&stream, limits.idle, &stop, number < LANES);
            Ok((weak, thread::Builder::new().name(format!("conn{number}")).spawn(body)?))
        });
        match started {
            Ok(connection) => connections.push(connection),
            // No descriptor is left, or no room for a thread; the client sees an end.
            Err(_) => {
                served.refused += u32::from(has_come);
                thread::sleep(Duration::from_millis(10));
            }
        }
        for (_, ended) in connections.extract_if(.., |(_, thread)| thread.is_finished()) {
            served.count(ended.join().expect("no connection panics"));
        }
    }
    for stream in connections.iter().filter_map(|(stream, _)| stream.upgrade()) {
        // What has arrived is still read; then there is an end. It fails where the client is gone.
        let _ = stream.shutdown(Shutdown::Read);
    }
    for (_, ended) in connections {
        served.count(ended.join().expect("no connection panics"));
    }
    served
}

/// Serves one connection to its end; returns how it ended, and how many bytes were sent back.
fn connection(
    mut stream: &TcpStream,
    idle: Option<Duration>,
    stop: &AtomicBool,
    has_lane: bool,
) -> Ended {
    let (mut buffer, mut bytes) = ([0; BUFFER], 0);
    // The system takes a timeout of zero for none at all.
    let idle = idle.map(|idle| idle.max(Duration::from_micros(1)));
    if stream.set_read_timeout(idle).and(stream.set_write_timeout(idle)).is_err() {
        return (End::Broke, bytes);
    }
    let waits = |what| if has_lane { info_span!("waits", what) } else { Span::none() };
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => End::Idle,
        _ => End::Broke,
    };
    loop {
        let waiting = waits("message");
        let read = stream.read(&mut buffer);
        drop(waiting);
        let length = match read {
            // Pairs with the Release store of `Stop`; or the client has left at that moment.
            Ok(0) if stop.load(Ordering::Acquire) => return (End::Stopped, bytes),
            Ok(0) => return (End::Left, bytes),
            Ok(length) => length,
            // A signal: with a timeout, the system does not restart the call by itself.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return (failed(error), bytes),
        };
        let _waiting = waits("room");
        match stream.write_all(&buffer[..length]) {
            Ok(()) => bytes += length as u64,
            Err(error) => return (failed(error), bytes),
        }
    }
}
