//! An echo of 64 bytes over 10, 100 and 1000 connections of the loopback interface at once:
//! `sockets/CONNECTIONS/CONTENDER`, in ns a message there and back, all connections together.
//!
//! Each server is a process of its own. This process has the clients: one thread, the same for all
//! servers, which keeps one message under way on each connection and waits by epoll. `p99` is the
//! time that 99 of 100 messages took at the most, there and back, and no rate. The messages that
//! begin a round are not in it: they are sent in one burst, and answers wait for its end.
//!
//! A table comes first, in which the contenders take turns: each has one round, then each its next
//! one. What stands in it is the quieter quarter of the turns, since whatever else the machine does
//! makes a round slower; half of the turns lie within ± of their median; `to tokio` is the median of
//! the ratios to tokio in the same turn, with the quarter and three quarters of them. `cpu` is the
//! processor time of the server for a message. `bytes` is by how much its resident pages have grown
//! for each connection; what the kernel keeps for a socket or a thread is not in it.
//!
//! Why it is fair: all servers read into 512 bytes and write back what they have read, with
//! `TCP_NODELAY`. `ours` is the topic's executor with its reactor (`coroutines/src/executor`);
//! tokio is its current-thread runtime; `threads` are the system's, one for each connection, with
//! blocking calls. `asyncio` has streams, as its documentation shows them. On a machine of two
//! cores, the clients have one and the server the other; threads have both.

#[cfg(target_os = "linux")]
#[path = "sockets/turns.rs"]
mod turns;

#[cfg(target_os = "linux")]
use turns::main;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("sockets: the clients, and our reactor, wait by epoll, which is Linux's");
}
