#!/usr/bin/env bash
# ractor 0.16.5: one of two children comes to its normal end; so its supervisor ends, and the other child is killed: its `post_stop` never runs.
# Guess: as with Erlang's links, which it follows, a normal end harms nobody; only a failure goes up.
# Why: the default `handle_supervisor_evt` stops the supervisor at each end of a child, failed or not, and a supervisor that ends kills its children. A
#   supervisor that is to outlive its children has to write that function itself. In kameo 0.22.2 a linked actor outlives the normal end of another.
# Source: documentation of `ractor::Actor::handle_supervisor_evt`; ractor's README ("we're aiming to maintain close logic with Erlang's patterns");
#   documentation of `kameo::Actor::on_link_died`.
. "$(dirname "$0")/run.bash"
rust 'ractor = "=0.16.5"' 'kameo = { version = "=0.22.2", default-features = false, features = ["macros"] }' 'tokio = { version = "=1.54.1", features = ["macros", "rt", "time"] }' <<'RUST'
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kameo::actor::Spawn;
use tokio::time::timeout;

type Log = Arc<Mutex<Vec<String>>>;

struct Supervisor;

impl ractor::Actor for Supervisor {
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ractor::ActorRef<()>, _: ()) -> Result<(), ractor::ActorProcessingErr> {
        Ok(())
    }
}

struct Child(&'static str);

impl ractor::Actor for Child {
    type Msg = ();
    type State = Log;
    type Arguments = Log;

    async fn pre_start(&self, _: ractor::ActorRef<()>, log: Log) -> Result<Log, ractor::ActorProcessingErr> {
        Ok(log)
    }

    async fn post_stop(&self, _: ractor::ActorRef<()>, log: &mut Log) -> Result<(), ractor::ActorProcessingErr> {
        log.lock().unwrap().push(format!("post_stop of the {} child", self.0));
        Ok(())
    }
}

#[derive(kameo::Actor)]
struct Linked;

async fn ends(whole: impl std::future::Future) -> &'static str {
    match timeout(Duration::from_secs(2), whole).await {
        Ok(_) => "ends",
        Err(_) => "goes on",
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let log = Log::default();
    let (supervisor, supervised) = ractor::Actor::spawn(None, Supervisor, ()).await.unwrap();
    let (first, first_done) = ractor::Actor::spawn_linked(None, Child("first"), log.clone(), supervisor.get_cell()).await.unwrap();
    let (_, second_done) = ractor::Actor::spawn_linked(None, Child("second"), log.clone(), supervisor.get_cell()).await.unwrap();
    first.stop(None);
    println!("ractor: the first child {}", ends(first_done).await);
    println!("ractor: the supervisor {}", ends(supervised).await);
    println!("ractor: the second child {}", ends(second_done).await);
    println!("ractor: {:?}", log.lock().unwrap());

    let (first, second) = (Linked::spawn(Linked), Linked::spawn(Linked));
    second.link(&first).await;
    first.stop_gracefully().await.unwrap();
    println!("kameo: the first {}", ends(first.wait_for_shutdown()).await);
    println!("kameo: the one that is linked to it {}", ends(second.wait_for_shutdown()).await);
}
RUST
holds <<'END'
ractor: the first child ends
ractor: the supervisor ends
ractor: the second child ends
ractor: ["post_stop of the first child"]
kameo: the first ends
kameo: the one that is linked to it goes on
END
