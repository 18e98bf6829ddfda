use coroutines::cancel_safety::{Cancelled, frame, operations};
use coroutines::model::cancel as model;
use coroutines::on_ours::cancel as ours;
use coroutines::on_tokio::cancel::{cut, half_done, rolled_back, sent, spawned};
use coroutines::tokio_runtime::block_on;
use stage::{Checked, Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cancel", "what is lost when a future is dropped at an await")
        .story("A future is dropped at its first await, the next one at its second, and so on.")
        .source("coroutines/src/{cancel,cancel_safety}.rs")
        .python("cancel")
        .variants(variants)
}

/// Reports what is lost at each await, if it is `wanted`.
fn dropped(cuts: &[Cancelled], wanted: &[u32], what: &str) -> Checked {
    let lost: Vec<_> = cuts.iter().map(|cut| cut.lost).collect();
    let awaits = match cuts.len() {
        1 => "its await".to_owned(),
        awaits => format!("awaits 1 to {awaits}"),
    };
    let each: Vec<_> = lost.iter().map(u32::to_string).collect();
    let after: Vec<_> = cuts.iter().map(|cut| cut.after.as_str()).collect();
    let line = format!("dropped at {awaits}: lost {}", each.join(", "));
    Ok(expect(lost, wanted.to_vec(), line)?.fact(what, after.join(", ")))
}

fn variants() -> [Variant; 9] {
    let variant = |name, lost: &'static [u32], what, cut: fn(usize) -> Cancelled| {
        let cuts = move || (1..).map(cut).take_while(|cut| !cut.ended).collect::<Vec<_>>();
        let broken = lost.iter().any(|&lost| lost > 0);
        let promised = if broken { Variant::breaks } else { Variant::holds };
        promised(name, move || dropped(&cuts(), lost, what))
    };
    let explored = |variant: Variant, fails, run: fn() -> Cancelled| {
        variant.explored_for("aborted anywhere", "how much is lost", fails, [0], move || run().lost)
    };
    let send = variant("send", &[1], "received or kept", |turn| sent(false, turn));
    let reserve = variant("reserve", &[0], "received or kept", |turn| sent(true, turn));
    let half_done = variant("half-done", &[10, 0], "accounts", |turn| cut(turn, half_done));
    let rolled_back = variant("rolled-back", &[0, 0], "accounts", |turn| cut(turn, rolled_back));
    let spawned = variant("spawned", &[0, 0], "accounts", |turn| cut(turn, spawned));
    [
        variant("buffer-inside", &[0, 1, 2, 3], "next frame", |turn| frame(true, turn))
            .story("The half-read frame is a local variable of the future, and dropped with it."),
        variant("buffer-outside", &[0; 4], "next frame", |turn| frame(false, turn))
            .story("The half-read frame is kept beside the connection: the next call resumes."),
        explored(send, "lose the message", || model::sent(false, 1))
            .story("A `send` that is dropped while it waits for room drops its message, too."),
        explored(reserve, "lose the message", || model::sent(true, 1))
            .story("`reserve` waits without the message, which is then sent without an await."),
        explored(half_done, "lose coins", || model::cut(0, model::half_done))
            .story("Dropped between withdrawal and deposit, the transfer stays half done."),
        explored(rolled_back, "lose coins", || model::cut(0, model::rolled_back)).story(
            "A destructor, which runs on a drop, puts the coins back that have not arrived.",
        ),
        explored(spawned, "lose coins", || model::cut(0, model::spawned))
            .story("The transfer is a task of its own: only the wait for it is cancelled."),
        Variant::breaks("operations", || {
            let line = "tokio's recv, read and write lose nothing";
            let report = expect(block_on(operations()), [[0; 3], [4; 3]], line)?;
            Ok(report.fact("lose 4 of 8 bytes", "read_exact, read_line, write_all"))
        })
        .story(
            "What completes in one piece is cancellation safe; what takes several pieces is not.",
        ),
        Variant::holds("on-ours", || {
            let lost = [ours::sent(false, 1), ours::cut(1, ours::half_done)];
            let kept =
                [ours::sent(true, 1), ours::cut(1, ours::rolled_back), ours::cut(1, ours::spawned)];
            let out = (lost.map(|cut| cut.lost), kept.map(|cut| cut.lost));
            let line = "our executor: the same is lost, the same is kept";
            expect(out, ([1, 10], [0; 3]), line)
        })
        .story("The same on our executor: what a drop costs does not depend on the runtime."),
    ]
}
