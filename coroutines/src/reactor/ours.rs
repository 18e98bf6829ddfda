//! A task for each connection, on our executor, whose reactor waits for the sockets.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::executor::{Socket, block_on, spawn};
use crate::lane::{self, wait_if};
use crate::loopback::clients::crowd;

/// The size of the buffer for a read.
const BUFFER: usize = 512;
/// The number of connections that have a lane.
const LANES: usize = 6;

/// Serves a crowd of clients; returns how many bytes were sent back.
///
/// # Errors
/// The system has no room for a connection, or one is broken.
pub fn serve_crowd(clients: u32, messages: u64) -> io::Result<u64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || serve(listener, clients as usize));
    crowd(address, clients, messages)?;
    server.join().expect("the server does not panic")
}

fn serve(listener: TcpListener, connections: usize) -> io::Result<u64> {
    block_on(async {
        let (listener, mut tasks) = (Socket::new(listener)?, Vec::new());
        for number in 0..connections {
            let has_lane = number < LANES;
            let body = connection(listener.accept().await?, has_lane);
            tasks.push(match has_lane {
                true => spawn(lane::task(&format!("conn{number}"), body)),
                false => spawn(body),
            });
        }
        let mut bytes = 0;
        for task in tasks {
            bytes += task.await.expect("no connection panics")?;
        }
        Ok(bytes)
    })
}

async fn connection(stream: Socket<TcpStream>, has_lane: bool) -> io::Result<u64> {
    let (mut buffer, mut bytes) = ([0; BUFFER], 0);
    loop {
        let length = wait_if(has_lane, "a message", stream.read(&mut buffer)).await?;
        if length == 0 {
            return Ok(bytes);
        }
        wait_if(has_lane, "room", stream.write_all(&buffer[..length])).await?;
        bytes += length as u64;
    }
}
