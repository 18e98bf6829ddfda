//! A compare-and-swap that takes a node which has come back for one that never left.

use std::fmt;

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::model::{aba as model, lane::SyncPoint as ModelPoint};
use thread_safety::real::aba::{Epoch, Node, Nodes, Reused, Tagged, interrupted, name, stress};
use thread_safety::real::lane::SyncPoint;

/// How often each of two threads pops two nodes and pushes them in the first round; each further
/// one is twice as long.
const TIMES: u32 = 100_000;

/// How many rounds are run at most until one breaks the stack.
const ROUNDS: u32 = 8;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("aba", "a lock-free stack, and a node that comes back")
        .story(
            "t1 sees A on top of B, and is preempted. t2 pops A, pops B, and pushes A again, on C. \
             t1 finds A on top, as it was, and puts in its place what was below: B, which t2 has.",
        )
        .source("thread-safety/src/aba.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let modelled = |variant: Variant, run: fn(&ModelPoint) -> model::Nodes| {
        variant.explored_for("2 threads", "", "break it", [Broken::default()], move || {
            let seen = run(&ModelPoint::stepped());
            Broken { lost: seen.lost(), doubled: seen.doubled() }
        })
    };
    let meeting = || SyncPoint::until_all(2);
    [
        modelled(
            Variant::breaks("reused", move || broken(&interrupted::<Reused>(&meeting()), ""))
                .story("The compare-and-swap asks only whether A is on top, and A has come back."),
            model::interrupted::<model::Reused>,
        ),
        Variant::breaks("reused-hammered", || {
            let (seen, rounds) = stress::<Reused>(TIMES, ROUNDS);
            broken(&seen, &format!("; rounds: {rounds}"))
        })
        .story("Two threads pop two nodes and push them again, until one is lost or doubled."),
        modelled(
            Variant::holds("tagged", move || {
                let stressed = stress::<Tagged>(TIMES, 1).0;
                whole("another count", &interrupted::<Tagged>(&meeting()), &stressed)
            })
            .story("The top carries a count of all changes: a node comes back with another one."),
            model::interrupted::<model::Tagged>,
        ),
        Variant::holds("epoch", move || {
            let stressed = stress::<Epoch>(TIMES, 1).0;
            whole("another address", &interrupted::<Epoch>(&meeting()), &stressed)
        })
        .story("A node is freed only when no thread can look at it (epochs): no address returns."),
    ]
}

/// The nodes that a run has lost and doubled.
#[derive(Default, PartialEq)]
struct Broken {
    lost: Vec<Node>,
    doubled: Vec<Node>,
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("each node once");
        }
        write!(f, "lost: {}; there twice: {}", names(&self.lost), names(&self.doubled))
    }
}

fn names(nodes: &[Node]) -> String {
    let names: Vec<_> = nodes.iter().map(|node| name(*node).to_string()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn broken(seen: &Nodes, more: &str) -> Checked {
    let line = format!("{:?}{more}", Broken { lost: seen.lost(), doubled: seen.doubled() });
    if seen.whole() { Err(line) } else { Ok(Report::new(line)) }
}

fn whole(how: &str, seen: &Nodes, stressed: &Nodes) -> Checked {
    let [t1, t2] = seen.popped.each_ref().map(|nodes| names(nodes));
    let times = grouped(2 * TIMES);
    if seen.whole() && stressed.whole() {
        Ok(Report::new(format!("{how}: t1 has {t1}, t2 {t2}; none lost in {times} exchanges")))
    } else {
        Err(format!("{seen:?}, {stressed:?}"))
    }
}
