//! What the process that publishes and the workers both know: names, limits, and which task is what.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RetentionPolicy};

use crate::Error;

/// The tasks are 1 to 10. Each is its number; some have a fate.
pub(crate) const TASKS: u32 = 10;
/// Published twice, as if the acknowledgement of the first publish had been lost.
pub(crate) const PUBLISHED_TWICE: u32 = 2;
/// Its first worker is killed in the middle of it; and before it acknowledges.
pub(crate) const KILLED: u32 = 4;
pub(crate) const NOT_ACKED: u32 = 5;
/// Each worker that runs it is killed. A task is run so often; then it is dead-lettered.
pub(crate) const POISON: u32 = 7;
pub(crate) const LIMIT: i64 = 3;
/// Lasts the first time until it was delivered again: the server delivers what is not acknowledged
/// within the ack wait.
pub(crate) const SLOW: u32 = 9;
pub(crate) const ACK_WAIT: Duration = Duration::from_millis(500);

/// The streams of tasks and of dead letters, and the consumer that all workers share.
pub(crate) const STREAM: &str = "TASKS";
pub(crate) const DEAD: &str = "DEAD";
pub(crate) const CONSUMER: &str = "workers";

/// Connects to the server of this run.
pub(crate) async fn connect(port: u16) -> Result<Context, Error> {
    Ok(async_nats::jetstream::new(async_nats::connect(format!("127.0.0.1:{port}")).await?))
}

/// Makes the streams and the consumer.
pub(crate) async fn set_up(queue: &Context) -> Result<(), Error> {
    use RetentionPolicy::{Limits, WorkQueue};
    // A task that is acknowledged is removed from a work queue.
    for (name, subject, retention) in
        [(STREAM, "task.*", WorkQueue), (DEAD, "dead.*", Limits), ("OUTCOMES", "outcome.*", Limits)]
    {
        let (name, subjects) = (name.to_owned(), vec![subject.into()]);
        queue.create_stream(Config { name, subjects, retention, ..Default::default() }).await?;
    }
    // Without `max_deliver`: the server would no longer deliver the task, and keep it in the stream.
    let durable_name = Some(CONSUMER.into());
    let workers = pull::Config { durable_name, ack_wait: ACK_WAIT, ..Default::default() };
    queue.create_consumer_on_stream(workers, STREAM).await?;
    Ok(())
}

/// Publishes a message; returns whether the server has stored it. It does not if it knows the
/// message's id, or if something was stored under the subject that was to be empty.
pub(crate) async fn publish(
    queue: &Context,
    subject: String,
    message: PublishMessage,
) -> Result<bool, Error> {
    match queue.send_publish(subject, message).await?.await {
        Ok(stored) => Ok(!stored.duplicate),
        Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(false),
        Err(error) => Err(error.into()),
    }
}
