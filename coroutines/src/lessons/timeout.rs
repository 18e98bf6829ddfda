use coroutines::on_tokio::timeout::{
    Limited, STEPS, each_step, never_yields, of_the_future, of_the_handle, then_aborted,
};
use coroutines::tokio_runtime::{block_on, block_on_paced};
use coroutines::{executor, lane, on_ours::timeout as ours};
use stage::{Lesson, Variant, expect};

use super::{BEAT, ms};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("timeout", "a timeout ends the wait; what becomes of the work?")
        .story(
            "Work of eight steps of 10 ms, and a timeout of 25 ms: given the future, or its join \
             handle, or no await at all.",
        )
        .source("coroutines/src/timeout.rs")
        .python("wait_for")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    let shown = |done: Limited, wanted: (bool, u32), line: &str| {
        let Limited { expired, steps, waited } = done;
        let line = format!("waited {}; {steps} of {STEPS} steps done: {line}", ms(waited));
        expect((expired, steps), wanted, line)
    };
    [
        Variant::breaks("handle", move || {
            let done = block_on_paced(of_the_handle(BEAT));
            shown(done, (true, STEPS), "detached, the task ran to its end")
        })
        .story("The timeout drops the handle, and the detached task runs to its end."),
        Variant::breaks("no-await", move || {
            let done = block_on(never_yields(BEAT * 5 / 2, || lane::work("", BEAT)));
            shown(done, (false, STEPS), "the timeout was not polled")
        })
        .story("The work never awaits, so that the timeout is not polled before it is done."),
        Variant::breaks("each-step", move || {
            let done = block_on_paced(each_step(BEAT));
            shown(done, (false, STEPS), "each step was in time, their sum was not")
        })
        .story("Each step has a timeout of its own: every one is kept, and the sum has none."),
        Variant::holds("future", move || {
            shown(block_on_paced(of_the_future(BEAT)), (true, 2), "dropped at its await")
        })
        .story("The timeout is given the future itself, and drops it at its await: it stops."),
        Variant::holds("abort", move || {
            shown(block_on_paced(then_aborted(BEAT)), (true, 2), "the task was aborted")
        })
        .story("After the timeout the task is aborted by its handle: dropped at its await."),
        Variant::holds("on-ours", || {
            let done = executor::block_on_paused(async {
                [
                    ours::of_the_handle(BEAT).await,
                    ours::each_step(BEAT).await,
                    ours::of_the_future(BEAT).await,
                    ours::then_aborted(BEAT).await,
                ]
            });
            let wanted = [(true, STEPS), (false, STEPS), (true, 2), (true, 2)];
            expect(done.map(|done| (done.expired, done.steps)), wanted, "our executor: the same")
        })
        .story("The same on our executor: a timeout counts from the call, as tokio's does."),
    ]
}
