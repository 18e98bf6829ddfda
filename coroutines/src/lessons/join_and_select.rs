use coroutines::on_tokio::join_and_select::{join, kept, made_anew, one_by_one, select};
use coroutines::tokio_runtime::block_on_paced;
use coroutines::{executor, join_set, on_ours::join_and_select as ours};
use stage::{Lesson, Variant, expect};

use super::{BEAT, came};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("join-and-select", "several things at once in one task: all of them, or the first")
        .story(
            "Three fetches of 30, 10 and 20 ms. What select! loses is dropped; a loop that makes the \
             slow one anew never sees its end.",
        )
        .source("coroutines/src/{join_and_select,join_set}.rs")
        .python("gather")
        .variants(variants)
}

fn variants() -> [Variant; 8] {
    [
        Variant::breaks("made-anew", || {
            let line =
                "8 rounds of 10 ms, and in each the 30 ms of the fetch began anew: no result";
            expect(block_on_paced(made_anew(BEAT, 8)).0, None, line)
        })
        .story("Each round makes the slow future anew in `select!`, which drops it."),
        Variant::holds("kept", || {
            let (result, rounds) = block_on_paced(kept(BEAT, 8));
            let line =
                format!("polled by reference, it made progress: there after {rounds} rounds");
            expect((result, rounds <= 3), (Some(0), true), line)
        })
        .story("The slow future is kept, and polled by reference: `select!` drops that alone."),
        Variant::holds("one-by-one", move || {
            came(block_on_paced(one_by_one(BEAT)), &[0, 1, 2], 6, "30 + 10 + 20 ms")
        })
        .story("A future begins when it is awaited: three awaits in a row take the sum."),
        Variant::holds("join", move || {
            came(block_on_paced(join(BEAT)), &[0, 1, 2], 3, "all, in order, after the slowest")
        })
        .story("`join!` polls all three by turns in one task: the slowest sets the time."),
        Variant::holds("select", move || {
            came(block_on_paced(select(BEAT)), &[1], 1, "the first; the others dropped")
        })
        .story("`select!` returns with the first result and drops the others at their awaits."),
        Variant::holds("join-set", move || {
            let done = block_on_paced(join_set::first(3, BEAT));
            came(done, &[1, 2, 0], 3, "tasks, each as it ends")
        })
        .story("A task for each fetch, in a `JoinSet`: results come in the order of the ends."),
        Variant::holds("join-set-first", move || {
            let line = "the first; the set is dropped, its tasks aborted";
            came(block_on_paced(join_set::first(1, BEAT)), &[1], 1, line)
        })
        .story("The first result is taken and the set dropped, which aborts the tasks in it."),
        Variant::holds("on-ours", || {
            let done = executor::block_on_paused(async {
                let order = [
                    ours::one_by_one(BEAT).await,
                    ours::join(BEAT).await,
                    ours::select(BEAT).await,
                ];
                let results = (ours::made_anew(BEAT, 8).await.0, ours::kept(BEAT, 8).await.0);
                (results, order.map(|fetched| fetched.order))
            });
            let wanted = ((None, Some(0)), [vec![0, 1, 2], vec![0, 1, 2], vec![1]]);
            expect(done, wanted, "our executor: the same, by tokio's join! and select!")
        })
        .story("On our executor: `join!` and `select!` need no runtime, they poll in their task."),
    ]
}
