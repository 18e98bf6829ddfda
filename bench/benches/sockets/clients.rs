//! The clients: one thread, which has a message under way on each connection, and waits by epoll.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

use super::servers::Server;

const MESSAGE: usize = 64;

struct Client {
    stream: TcpStream,
    sent: Instant,
    number: u64,
}

impl Client {
    fn send(&mut self) {
        self.number += 1;
        let message = [self.number.to_ne_bytes(); MESSAGE / 8];
        self.sent = Instant::now();
        self.stream.write_all(message.as_flattened()).expect("there is room for one message");
    }

    /// Reads the answer; returns how long it took.
    fn answer(&mut self) -> Duration {
        let mut answer = [[0; 8]; MESSAGE / 8];
        let length = self.stream.read(answer.as_flattened_mut()).expect("it is answered");
        // A message this short is never split on the loopback interface.
        assert_eq!((length, answer[7]), (MESSAGE, self.number.to_ne_bytes()), "it is an echo");
        self.sent.elapsed()
    }
}

/// What a round has measured.
pub(super) struct Round {
    /// The time that it took.
    pub(super) took: Duration,
    /// The time that half of the messages took at the most, there and back.
    pub(super) p50: Duration,
    /// And 99 of 100.
    pub(super) p99: Duration,
}

/// The connections to a server, all of them open.
pub(super) struct Clients {
    epoll: OwnedFd,
    clients: Vec<Client>,
    events: Vec<Event>,
}

impl Clients {
    pub(super) fn connect(server: &Server, connections: usize) -> Self {
        let epoll = epoll::create(CreateFlags::CLOEXEC).expect("there is a descriptor");
        let mut clients = Vec::with_capacity(connections);
        for number in 0..connections {
            let stream = server.connect();
            let data = EventData::new_u64(number as u64);
            epoll::add(&epoll, &stream, data, EventFlags::IN).expect("it is added once");
            clients.push(Client { stream, sent: Instant::now(), number: 0 });
            // A message each, so that all are accepted; the kernel's queue for others is short.
            let client = &mut clients[number];
            client.send();
            client.answer();
        }
        Self { epoll, clients, events: Vec::with_capacity(connections) }
    }

    /// Exchanges `messages`, more than one on each connection.
    pub(super) fn round(&mut self, messages: usize) -> Round {
        let mut times = Vec::with_capacity(messages);
        let (mut sent, mut answered) = (self.clients.len(), 0);
        assert!(messages > sent, "a round has more than its burst");
        let began = Instant::now();
        self.clients.iter_mut().for_each(Client::send);
        // An answer to this burst waits until all of it is sent, whoever the server is.
        let burst = Instant::now();
        while answered < messages {
            let _ = epoll::wait(&self.epoll, spare_capacity(&mut self.events), None);
            for event in self.events.drain(..) {
                let client = &mut self.clients[event.data.u64() as usize];
                let (was_sent, took) = (client.sent, client.answer());
                answered += 1;
                if was_sent > burst {
                    times.push(took);
                }
                if sent < messages {
                    client.send();
                    sent += 1;
                }
            }
        }
        let took = began.elapsed();
        times.sort_unstable();
        Round { took, p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
    }
}
