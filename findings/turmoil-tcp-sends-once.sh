#!/usr/bin/env bash
# turmoil 0.7.2, a simulated network: a TCP stream that loses one segment in a partition delivers nothing any more after the repair, and reports no error at
# either end; a new connection works.
# Guess: TCP sends again what was not acknowledged, so the stream goes on after the repair; if it does not, there is an error.
# Why: a partition drops what is sent, and nobody sends it again; what comes after the gap is kept for the byte that never comes. So a test by partition says
#   nothing of how a program outlives a partition; without a timeout of its own it waits for ever there, and on a real network it does not.
#   `hold` and `release` keep what is sent, and deliver it.
# Source: documentation of `turmoil::partition` (messages are dropped) and `turmoil::hold`; the crate's host.rs, receive buffer.
. "$(dirname "$0")/run.bash"
rust 'turmoil = "=0.7.2"' 'tokio = { version = "=1.54.1", features = ["io-util", "rt", "time"] }' <<'RUST'
use std::{io, net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use turmoil::net::{TcpListener, TcpStream};

// What the server answers to a byte within a minute of simulated time.
async fn echo(stream: &mut TcpStream, byte: u8) -> String {
    if let Err(error) = stream.write_all(&[byte]).await {
        return format!("write: {error}");
    }
    match timeout(Duration::from_secs(60), stream.read_u8()).await {
        Ok(Ok(byte)) => format!("{byte}"),
        Ok(Err(error)) => format!("read: {error}"),
        Err(_) => "nothing in a minute".to_owned(),
    }
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    loop {
        let byte = stream.read_u8().await?;
        stream.write_all(&[byte]).await?;
    }
}

fn main() {
    let mut simulation = turmoil::Builder::new().simulation_duration(Duration::from_secs(600)).build();
    simulation.host("server", || async {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 9000)).await?;
        loop {
            tokio::spawn(serve(listener.accept().await?.0));
        }
    });
    simulation.client("client", async {
        let mut stream = TcpStream::connect("server:9000").await?;
        println!("1 is answered by {}", echo(&mut stream, 1).await);
        turmoil::hold("client", "server");
        stream.write_all(&[2]).await?;
        turmoil::release("client", "server");
        println!("2, held and released, by {}", stream.read_u8().await?);
        turmoil::partition("client", "server");
        println!("3, sent in a partition: {}", echo(&mut stream, 3).await);
        turmoil::repair("client", "server");
        println!("4, after the repair: {}", echo(&mut stream, 4).await);
        let mut stream = TcpStream::connect("server:9000").await?;
        println!("5, on a new connection, is answered by {}", echo(&mut stream, 5).await);
        Ok(())
    });
    simulation.run().unwrap();
}
RUST
holds <<'END'
1 is answered by 1
2, held and released, by 2
3, sent in a partition: nothing in a minute
4, after the repair: nothing in a minute
5, on a new connection, is answered by 5
END
