use coroutines::cancel_safety::operations;
use coroutines::model::cancel as model;
use coroutines::on_ours::cancel as ours;
use coroutines::on_tokio::cancel::{
    Cancelled, at_each_await, buffer_inside, buffer_outside, half_done, reserve, rolled_back, send,
    spawned,
};
use coroutines::tokio_runtime::block_on;
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cancel", "what is lost when a future is dropped at an await")
        .story(
            "Each variant's future is dropped at its first await, another one at its second, and \
             so on; then everything is counted.",
        )
        .source("coroutines/src/{cancel,cancel_safety}.rs")
        .python("cancel")
        .variants(variants)
}

type Made = fn(usize) -> Option<Cancelled>;

/// Reports what is lost at each await, if it is `wanted`; `[0]` stands for nothing at any number.
fn dropped(make: Made, wanted: &[u32], what: &str) -> Checked {
    let cuts = at_each_await(make);
    let lost: Vec<_> = cuts.iter().map(|cut| cut.lost).collect();
    let nothing = wanted == [0] && lost.iter().all(|&lost| lost == 0) && !lost.is_empty();
    if lost != wanted && !nothing {
        return Err(format!("{lost:?} were lost, not {wanted:?}: {cuts:?}"));
    }
    let awaits = match cuts.len() {
        1 => "its await".to_owned(),
        awaits => format!("await 1 to {awaits}"),
    };
    let lost: Vec<_> = lost.iter().map(u32::to_string).collect();
    let after: Vec<_> = cuts.iter().map(|cut| cut.after.as_str()).collect();
    let line = format!("dropped at {awaits}: lost {}", lost.join(", "));
    Ok(Report::new(line).fact(what.to_owned(), after.join(", ")))
}

fn variants() -> [Variant; 9] {
    let breaks = |name, make: Made, wanted: &'static [u32], what| {
        Variant::breaks(name, move || dropped(make, wanted, what))
    };
    let holds = |name, make: Made, what| Variant::holds(name, move || dropped(make, &[0], what));
    let explored = |variant: Variant, fails, run: fn() -> u32| {
        variant.explored_for("aborted anywhere, losses counted", fails, [0], run)
    };
    [
        breaks("buffer-inside", buffer_inside, &[0, 1, 2, 3], "next frame")
            .story("The half-read frame is a local variable of the future, and dropped with it."),
        holds("buffer-outside", buffer_outside, "next frame")
            .story("The half-read frame is kept beside the connection: the next call resumes."),
        explored(breaks("send", send, &[1], "received"), "lose the message", || {
            model::send_aborted(false)
        })
        .story("A `send` that is dropped while it waits for room drops its message, too."),
        explored(holds("reserve", reserve, "received"), "lose the message", || {
            model::send_aborted(true)
        })
        .story("`reserve` waits without the message, which is then sent without an await."),
        explored(breaks("half-done", half_done, &[10, 0], "accounts"), "lose coins", || {
            model::transfer_aborted(model::transfer)
        })
        .story("Dropped between withdrawal and deposit, the transfer stays half done."),
        explored(holds("rolled-back", rolled_back, "accounts"), "lose coins", || {
            model::transfer_aborted(model::undone_transfer)
        })
        .story("A destructor, which runs on a drop, puts the coins back that have not arrived."),
        explored(holds("spawned", spawned, "accounts"), "lose coins", model::waiter_aborted)
            .story("The transfer is a task of its own: only the wait for it is cancelled."),
        Variant::breaks("operations", || {
            let line = "tokio's own: recv, read and write lose nothing";
            let report = expect(block_on(operations()), [[0; 3], [4; 3]], line)?;
            Ok(report.fact("lose 4 of 8 bytes", "read_exact, read_line, write_all"))
        })
        .story("Cancellation safe is what ends with its first byte; what asks for more is not."),
        Variant::holds("on-ours", || {
            let lost = |make: fn(usize) -> Option<ours::Cancelled>| {
                let cuts = ours::at_each_await(make);
                cuts.iter().map(|cut| cut.lost).sum::<u32>()
            };
            let broken = [ours::buffer_inside, ours::send, ours::half_done].map(lost);
            let fixed =
                [ours::buffer_outside, ours::reserve, ours::rolled_back, ours::spawned].map(lost);
            let line = "our executor: the same is lost, and kept";
            expect((broken, fixed), ([6, 1, 10], [0; 4]), line)
        })
        .story("The same on our executor: what a drop costs does not depend on the runtime."),
    ]
}
