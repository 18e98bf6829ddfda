//! A task for each connection, on our executor, whose reactor waits for the sockets.

use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use super::{BUFFER, LANES, Served, Server};
use crate::executor::{Socket, block_on, sleep, spawn};
use crate::lane::{self, wait_if};

/// Starts a server without limits on a free port of the loopback interface.
///
/// # Errors
/// The system has no room for it.
pub fn start() -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (address, (stop, told)) = (listener.local_addr()?, UnixStream::pair()?);
    Server::start(address, stop, move || {
        let bytes = block_on(serve(listener, told));
        Served { bytes: bytes.unwrap_or_default(), ..Served::default() }
    })
}

/// Accepts connections until the other end of `told` is dropped; those that are left are dropped
/// then. Returns how many bytes were sent back.
async fn serve(listener: TcpListener, told: UnixStream) -> io::Result<u64> {
    let (listener, told) = (Socket::new(listener)?, Socket::new(told)?);
    let all = Rc::new(Cell::new(0));
    let bytes = Rc::clone(&all);
    drop(spawn(async move {
        for number in 0.. {
            let Ok(stream) = listener.accept().await else {
                // No descriptor is left, or the client is gone already: neither is a reason to end.
                sleep(Duration::from_millis(10)).await;
                continue;
            };
            let has_lane = number < LANES;
            let body = connection(stream, has_lane, Rc::clone(&bytes));
            if has_lane {
                drop(spawn(lane::task(&format!("conn{number}"), body)));
            } else {
                drop(spawn(body));
            }
        }
    }));
    told.read(&mut [0]).await?;
    Ok(all.get())
}

async fn connection(stream: Socket<TcpStream>, has_lane: bool, bytes: Rc<Cell<u64>>) {
    let mut buffer = [0; BUFFER];
    while let Ok(length @ 1..) = wait_if(has_lane, "message", stream.read(&mut buffer)).await {
        if wait_if(has_lane, "room", stream.write_all(&buffer[..length])).await.is_err() {
            return;
        }
        bytes.update(|bytes| bytes + length as u64);
    }
}
