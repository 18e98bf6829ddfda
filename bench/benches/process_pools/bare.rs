//! What there is without a pool: sockets between this process and two others, and a fork for each
//! task.
#![allow(unsafe_code, reason = "processes are forked")]

use std::io::{PipeReader, Read, Write};
use std::os::unix::net::UnixStream;

use super::peer::{Peer, pipe};
use super::{WORKERS, work};

/// Two forked processes that send back what they are sent, when they have worked for it.
///
/// One pair serves both directions: with a pair for each, or with packets, 1024 numbers a message
/// take 1.5 times as long. Linux also wakes this process when a peer has read what it sent, so it
/// is on its way while the peer answers.
pub(super) struct Sockets {
    // Dropped first, so that they end before the sockets do.
    _peers: Vec<Peer>,
    ends: Vec<UnixStream>,
    /// How many numbers are a message.
    block: usize,
    /// How many messages are under way to a worker.
    window: usize,
}

impl Sockets {
    pub(super) fn start(block: usize, window: usize, steps: u32) -> Self {
        let mut ends: Vec<UnixStream> = Vec::new();
        let peers = (0..WORKERS).map(|_| {
            let (end, mut others) = UnixStream::pair().expect("there is room for two sockets");
            let peer = Peer::start_anywhere(|| {
                // What it has of its sibling's socket would hide its end.
                ends.clear();
                let mut message = vec![0; block * 8];
                while others.read_exact(&mut message).is_ok() {
                    (0..block).for_each(|_| work(steps));
                    others.write_all(&message).expect("it is read");
                }
            });
            ends.push(end);
            peer
        });
        let peers = peers.collect();
        Self { _peers: peers, ends, block, window }
    }

    /// Sends the numbers below this around, to both by turns; returns the sum of what came back.
    pub(super) fn echo(&mut self, tasks: u64) -> u64 {
        let messages = tasks.div_ceil(self.block as u64);
        let ahead = (self.window * self.ends.len()) as u64;
        let mut message = vec![0; self.block * 8];
        let mut sum = 0;
        for turn in 0..messages + ahead {
            if turn >= ahead {
                sum += self.receive(turn - ahead, &mut message);
            }
            if turn < messages {
                self.send(turn, tasks, &mut message);
            }
        }
        sum
    }

    pub(super) fn one_at_a_time(&mut self, tasks: u64) -> u64 {
        let mut message = vec![0; 8];
        (0..tasks)
            .map(|task| {
                self.send(task, tasks, &mut message);
                self.receive(task, &mut message)
            })
            .sum()
    }

    fn send(&mut self, turn: u64, tasks: u64, message: &mut [u8]) {
        let first = turn * self.block as u64;
        for (place, number) in message.chunks_exact_mut(8).zip(first..) {
            // The last message is filled up with nothing.
            place.copy_from_slice(&(if number < tasks { number } else { 0 }).to_ne_bytes());
        }
        let worker = turn as usize % self.ends.len();
        self.ends[worker].write_all(message).expect("it lives");
    }

    fn receive(&mut self, turn: u64, message: &mut [u8]) -> u64 {
        let worker = turn as usize % self.ends.len();
        self.ends[worker].read_exact(message).expect("it lives");
        message
            .chunks_exact(8)
            .map(|number| u64::from_ne_bytes(number.try_into().expect("it is eight")))
            .sum()
    }
}

/// Forks a process for each number below this, two at a time; returns the sum of what they say.
pub(super) fn by_fork(tasks: u64, steps: u32) -> u64 {
    let mut sum = 0;
    let mut run = std::collections::VecDeque::new();
    for number in 0..tasks {
        if run.len() == WORKERS {
            sum += run.pop_front().map_or(0, result);
        }
        let (mut says, hears) = pipe();
        let peer = Peer::start_anywhere(|| {
            work(steps);
            let _ = says.write_all(&number.to_ne_bytes());
        });
        drop(says);
        run.push_back((peer, hears));
    }
    sum + run.into_iter().map(result).sum::<u64>()
}

fn result((peer, mut hears): (Peer, PipeReader)) -> u64 {
    let mut number = [0; 8];
    hears.read_exact(&mut number).expect("it lives");
    drop(peer);
    u64::from_ne_bytes(number)
}
