//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to come out.

use stage::{Form, Lesson, Report, Shown};
use thread_safety::{Window, model, real};

mod cache_lines;
mod interrupted;
mod orderings;

pub(crate) use cache_lines::false_sharing;
pub(crate) use interrupted::{aba, torn_read};
pub(crate) use orderings::{litmus, publication};

/// How often each thread adds 1 in the first round; each further one is twice as long.
const UPDATES: u32 = 1_000_000;

/// How many rounds are played at the most until one loses an update: 510 million updates in all.
const ROUNDS: u32 = 8;

/// A form that holds plays so many, whatever comes out.
const ROUNDS_THAT_HOLD: u32 = 2;

pub(crate) fn lost_update() -> Lesson {
    use real::lost_update::{atomic, racy};
    let modelled = |form: Form, run: fn(&model::lost_update::Plan) -> i64| {
        form.explored("2 threads", "lose one", move || {
            let plan = model::lost_update::Plan { changes: [1, 1], updates: 1, window: Window::told() };
            let count = run(&plan);
            assert!(count == 2, "2 increments, and the counter shows {count}");
        })
    };
    Lesson::new(
        "thread-safety/src/lost_update/",
        [
            modelled(Form::breaks("racy", || loses_one(racy::run)), model::lost_update::racy::run),
            Form::breaks("racy-hammered", || loses_many(racy::run)),
            modelled(Form::holds("atomic", || loses_none(atomic::run)), model::lost_update::atomic::run),
        ],
    )
}

type Run = fn(&real::lost_update::Plan) -> i64;

/// Adds 1 and −1, once each, in the widened moment.
fn once(run: Run) -> i64 {
    let window = Window::until_both_have_read();
    run(&real::lost_update::Plan { changes: [1, -1], updates: 1, window })
}

fn loses_one(run: Run) -> Shown {
    match once(run) {
        0 => Err("+1 and -1 came to 0".into()),
        left => Ok(Report::new(format!("both read 0, wrote 1 and -1: {left} is left"))),
    }
}

fn loses_many(run: Run) -> Shown {
    let seen = real::lost_update::hammer(run, UPDATES, ROUNDS);
    let told = format!("lost: {} of {}; rounds: {}", grouped(seen.lost), grouped(seen.updates), seen.rounds);
    if seen.lost == 0 { Err(told) } else { Ok(Report::new(told)) }
}

fn loses_none(run: Run) -> Shown {
    let left = once(run);
    let seen = real::lost_update::hammer(run, UPDATES, ROUNDS_THAT_HOLD);
    let told = format!("{left} is left; lost: {} of {}", grouped(seen.lost), grouped(seen.updates));
    if (left, seen.lost) == (0, 0) { Ok(Report::new(told)) } else { Err(told) }
}

/// Writes a number in groups of three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
