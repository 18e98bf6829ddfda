//! A worker: takes a task, runs it, stores the outcome under the task's key, and acknowledges. It
//! prints each step on a line, and ends when its standard input does.

use std::io::{BufRead, stdin};
use std::sync::mpsc::channel;
use std::time::Duration;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::message::PublishMessage;
use futures_util::StreamExt;

use crate::Error;
use crate::queue::{self, KILLED, LIMIT, NOT_ACKED, POISON, SLOW};

/// Runs tasks until the parent has gone.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(port: &str) -> Result<(), Error> {
    let (line, lines) = channel();
    std::thread::spawn(move || {
        stdin().lock().lines().map_while(Result::ok).for_each(|_| _ = line.send(()));
        std::process::exit(0);
    });
    let queue = queue::connect(port.parse()?).await?;
    let tasks: PullConsumer =
        queue.get_consumer_from_stream(queue::CONSUMER, queue::STREAM).await?;
    loop {
        // One at a time: the ack wait of what a worker has fetched runs before it is begun.
        let one = tasks.fetch().max_messages(1).expires(Duration::from_secs(1)).messages().await;
        let Some(task) = one?.next().await else { continue };
        let task = task?;
        let number: u32 = str::from_utf8(&task.payload)?.parse()?;
        let delivered = task.info()?.delivered;
        let message = PublishMessage::build();
        if delivered > LIMIT {
            // The id: a worker that dies before it acknowledges makes no second dead letter.
            let letter = message.message_id(number.to_string()).payload(task.payload.clone());
            queue::publish(&queue, format!("dead.{number}"), letter).await?;
            task.double_ack_with(AckKind::Term).await?;
            println!("dead {number} {delivered}");
            continue;
        }
        println!("begun {number} {delivered}");
        match number {
            KILLED if delivered == 1 => until_killed(),
            POISON => until_killed(),
            // The parent writes a line when another worker has begun it, too.
            SLOW if delivered == 1 => _ = lines.recv(),
            // The others have nothing to do.
            _ => {}
        }
        // The key: the task may be run again, and has one outcome all the same.
        let outcome = message.expected_last_subject_sequence(0);
        let outcome = outcome.payload((number * number).to_string().into());
        let first = queue::publish(&queue, format!("outcome.{number}"), outcome).await?;
        println!("{} {number} {delivered}", if first { "stored" } else { "known" });
        if number == NOT_ACKED && delivered == 1 {
            until_killed();
        }
        // It waits until the server has noted it.
        task.double_ack_with(AckKind::Ack).await?;
        println!("acked {number} {delivered}");
    }
}

fn until_killed() -> ! {
    loop {
        std::thread::park();
    }
}
