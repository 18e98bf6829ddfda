//! A task for each connection, on our executor, whose reactor waits for the sockets.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::executor::{Socket, block_on, spawn};
use crate::lane::{of_many, wait};
use crate::loopback::clients::crowd;

/// The size of the buffer for a read.
const BUFFER: usize = 512;

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
            let body = connection(listener.accept().await?);
            tasks.push(spawn(of_many("conn", number, body)));
        }
        let mut bytes = 0;
        for task in tasks {
            bytes += task.await.expect("no connection panics")?;
        }
        Ok(bytes)
    })
}

async fn connection(stream: Socket<TcpStream>) -> io::Result<u64> {
    let (mut buffer, mut bytes) = ([0; BUFFER], 0);
    loop {
        let length = wait("a message", stream.read(&mut buffer)).await?;
        if length == 0 {
            return Ok(bytes);
        }
        wait("room", stream.write_all(&buffer[..length])).await?;
        bytes += length as u64;
    }
}
