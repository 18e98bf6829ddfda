#!/usr/bin/env bash
# ractor 0.16.5: an actor that gets three messages and then `stop`, "gracefully", handles none of the three. kameo 0.22.2 handles all of them.
# Guess: a mailbox is a queue, and the stop is the fourth in it; only `kill` does not wait.
# Why: an actor of ractor has four queues, and looks into that of the stop before that of the messages. What was sent is dropped without an error;
#   "gracefully" means that the handler that runs is not interrupted. `drain` goes behind the messages, and refuses those that come later.
# Source: ractor's README, "Messaging actors"; documentation of `ActorCell::stop` and `drain`, kameo's of `ActorRef::stop_gracefully`.
. "$(dirname "$0")/run.bash"
rust 'ractor = "=0.16.5"' 'kameo = { version = "=0.22.2", default-features = false, features = ["macros"] }' 'tokio = { version = "=1.54.1", features = ["macros", "rt"] }' <<'RUST'
use std::sync::{Arc, Mutex};

use kameo::actor::Spawn;
use kameo::message::{Context, Message};

type Handled = Arc<Mutex<Vec<u32>>>;

struct Ractor;

impl ractor::Actor for Ractor {
    type Msg = u32;
    type State = Handled;
    type Arguments = Handled;

    async fn pre_start(&self, _: ractor::ActorRef<u32>, handled: Handled) -> Result<Handled, ractor::ActorProcessingErr> {
        Ok(handled)
    }

    async fn handle(&self, _: ractor::ActorRef<u32>, message: u32, handled: &mut Handled) -> Result<(), ractor::ActorProcessingErr> {
        handled.lock().unwrap().push(message);
        Ok(())
    }
}

#[derive(kameo::Actor)]
struct Kameo(Handled);

impl Message<u32> for Kameo {
    type Reply = ();

    async fn handle(&mut self, message: u32, _: &mut Context<Self, ()>) {
        self.0.lock().unwrap().push(message);
    }
}

async fn ractor(stop: impl FnOnce(&ractor::ActorRef<u32>)) -> Handled {
    let handled = Handled::default();
    let (actor, done) = ractor::Actor::spawn(None, Ractor, handled.clone()).await.unwrap();
    for message in 1..=3 {
        actor.cast(message).unwrap();
    }
    stop(&actor);
    done.await.unwrap();
    handled
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("ractor, stop: {:?}", ractor(|actor| actor.stop(None)).await.lock().unwrap());
    println!("ractor, drain: {:?}", ractor(|actor| actor.drain().unwrap()).await.lock().unwrap());

    let handled = Handled::default();
    let actor = Kameo::spawn(Kameo(handled.clone()));
    for message in 1..=3 {
        actor.tell(message).await.unwrap();
    }
    actor.stop_gracefully().await.unwrap();
    actor.wait_for_shutdown().await;
    println!("kameo, stop_gracefully: {:?}", handled.lock().unwrap());
}
RUST
holds <<'END'
ractor, stop: []
ractor, drain: [1, 2, 3]
kameo, stop_gracefully: [1, 2, 3]
END
