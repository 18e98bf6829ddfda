//! A template for code of your own: run it for real, under every schedule, and as its scheduler.
//!
//! ```sh
//! cargo run -p stage --example your_turn -- overdraft
//! cargo run -p stage --example your_turn -- overdraft --explore
//! cargo run -p stage --example your_turn -- overdraft --play
//! ```
//!
//! Replace `account.rs` by your own file, and the two variants by your own. Needed in `Cargo.toml`:
//! `kit` and `stage`.

use std::process::ExitCode;
use std::sync::{Arc, Barrier};

use stage::{Lesson, Variant, expect};

/// Your file on real threads.
#[path = ""]
mod real {
    use std::{sync, thread};

    pub(crate) mod account;
}

/// The same file on the model checker's threads.
#[path = ""]
mod model {
    use kit::model::{sync, thread};

    pub(crate) mod account;
}

fn overdraft() -> Lesson {
    Lesson::new("overdraft", "two withdrawals of 80 from 100")
        .story("Each thread looks whether there is enough, and then withdraws.")
        .source("stage/examples/your_turn/account.rs")
        .variants(|| {
            [
                Variant::breaks("check-then-act", || {
                    // Both have looked before either withdraws, on every run.
                    let meeting = Arc::new(Barrier::new(2));
                    let meet = move || {
                        meeting.wait();
                    };
                    expect(real::account::check_then_act(meet), -60, "both found enough: -60")
                })
                .story("Looks and withdraws in two steps, so both threads may find enough.")
                .explored_for(
                    "2 threads",
                    "the balance",
                    "overdraw",
                    [20],
                    || model::account::check_then_act(|| ()),
                ),
                Variant::holds("in-one-step", || {
                    expect(real::account::in_one_step(), 20, "one withdraws, the other is refused")
                })
                .story("Looks and withdraws by one compare-and-swap, tried again if it fails.")
                .explored_for(
                    "2 threads",
                    "the balance",
                    "overdraw",
                    [20],
                    model::account::in_one_step,
                ),
            ]
        })
}

fn main() -> ExitCode {
    stage::main("your_turn", "Code of your own, in all lenses.", [overdraft()])
}
