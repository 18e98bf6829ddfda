//! What is shown: publishes the tasks, keeps two workers running, kills some of them, and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;

use crate::Error;
use crate::queue::{self, KILLED, LIMIT, NOT_ACKED, POISON, PUBLISHED_TWICE, SLOW, TASKS};
use crate::server::Server;

/// Nothing comes for this long only if something hangs.
const A_HANG: Duration = Duration::from_secs(30);

/// A worker, killed when this is dropped.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What a worker, by its number, has done with which task.
type Step = (usize, String, u32);

/// Runs all of it; returns the lines to be printed.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run() -> Result<String, Error> {
    let mut server = Server::start()?;
    let queue = queue::connect(server.port).await?;
    queue::set_up(&queue).await?;
    let mut published = Vec::new();
    for number in (1..=TASKS).chain([PUBLISHED_TWICE]) {
        let payload = number.to_string();
        let task = PublishMessage::build().message_id(&payload).payload(payload.into());
        published.push(queue::publish(&queue, format!("task.{number}"), task).await?);
    }
    let dropped = published.iter().filter(|stored| !**stored).count();
    drop(queue);
    server.kill_and_restart()?;
    let queue = queue::connect(server.port).await?;
    let there = messages(&queue, queue::STREAM).await?;

    // This thread waits for nothing else: it may block.
    let steps = until_settled(server.port)?;
    let (open, letters) =
        (messages(&queue, queue::STREAM).await?, messages(&queue, queue::DEAD).await?);
    let count = |step: &str, number| {
        steps.iter().filter(|(_, did, task)| did == step && *task == number).count()
    };
    let runs = [KILLED, NOT_ACKED, SLOW].map(|number| count("begun", number));
    let outcomes: Vec<_> = (1..=TASKS).map(|number| count("stored", number)).collect();
    let right = runs.iter().all(|runs| *runs >= 2)
        && (1..).zip(&outcomes).all(|(number, stored)| *stored == usize::from(number != POISON))
        && (count("begun", POISON), letters) == (LIMIT as usize, 1)
        && (dropped, there, open) == (1, u64::from(TASKS), 0);
    let [killed, not_acked, slow] = runs.map(|runs| format!("run {runs} times, 1 outcome"));
    let told = format!(
        "ten tasks on NATS JetStream, two workers, ack wait {} ms

  published twice           task {PUBLISHED_TWICE}: stored once, the server knows its id
  server killed             started again: {there} of {TASKS} tasks are there
  killed in the middle      task {KILLED}: {killed}
  killed before the ack     task {NOT_ACKED}: {not_acked}
  slower than the ack wait  task {SLOW}: {slow}, two workers had it at once
  poison                    task {POISON}: killed {LIMIT} workers, then dead-lettered
  in the end                {} outcomes, {letters} dead letter, {open} tasks in the queue\n",
        queue::ACK_WAIT.as_millis(),
        outcomes.iter().sum::<usize>(),
    );
    if right { Ok(told) } else { Err(format!("this came out: {told}{steps:?}").into()) }
}

/// Returns the number of messages in a stream.
async fn messages(queue: &Context, stream: &str) -> Result<u64, Error> {
    Ok(queue.get_stream(stream).await?.cached_info().state.messages)
}

/// Keeps two workers running until each task is acknowledged or dead; returns what they did.
fn until_settled(port: u16) -> Result<Vec<Step>, Error> {
    let (sender, lines) = channel();
    let (mut workers, mut started) = (BTreeMap::new(), 0);
    let (mut steps, mut settled) = (Vec::new(), BTreeSet::new());
    while settled.len() < TASKS as usize {
        while workers.len() < 2 {
            workers.insert(started, start(port, started, sender.clone())?);
            started += 1;
        }
        let (worker, line): (usize, Option<String>) = lines.recv_timeout(A_HANG)?;
        let Some(line) = line else {
            workers.remove(&worker);
            continue;
        };
        let [step, number, delivered] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("a worker wrote {line:?}").into());
        };
        let (number, delivered) = (number.parse()?, delivered.parse()?);
        match (step, number, delivered) {
            ("begun", KILLED, 1) | ("begun", POISON, _) | ("stored", NOT_ACKED, 1) => {
                drop(workers.remove(&worker));
            }
            ("begun", SLOW, 2) => {
                // Both have it now, and the first goes on.
                let begun = |(_, did, task): &&Step| did == "begun" && *task == SLOW;
                let first = steps.iter().find(begun).map(|(worker, ..)| *worker);
                let first = first.and_then(|first| workers.get_mut(&first));
                let input = first.and_then(|first: &mut Worker| first.0.stdin.as_mut());
                writeln!(input.ok_or("the first worker of the slow task has died")?)?;
            }
            ("acked" | "dead", ..) => drop(settled.insert(number)),
            _ => {}
        }
        steps.push((worker, step.to_owned(), number));
    }
    Ok(steps)
}

/// Starts a worker; each line that it prints is sent, and nothing at its end.
fn start(
    port: u16,
    worker: usize,
    sender: Sender<(usize, Option<String>)>,
) -> Result<Worker, Error> {
    let mut child = Command::new(std::env::current_exe()?);
    child.arg("--worker").arg(port.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Worker(child.spawn()?);
    let lines = BufReader::new(child.0.stdout.take().ok_or("it is piped")?).lines();
    let lines = lines.map_while(Result::ok).map(Some).chain([None]);
    // When all is settled nothing listens any more.
    std::thread::spawn(move || lines.for_each(|line| drop(sender.send((worker, line)))));
    Ok(child)
}
