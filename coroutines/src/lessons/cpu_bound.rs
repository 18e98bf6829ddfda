use coroutines::on_tokio::cpu_bound::{
    Fairness, never_yields, on_a_thread, ready_channel, unconstrained, yields,
};
use coroutines::tokio_runtime::block_on;
use coroutines::{executor, on_ours::cpu_bound as ours};
use stage::{Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cpu-bound", "a task that computes and never awaits")
        .story(
            "It counts primes; the other task wants a turn all the time. How many does it get \
             before all are counted?",
        )
        .source("coroutines/src/cpu_bound.rs")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    const END: u32 = 4000;
    const PRIMES: u32 = 550;
    let none = |done: Fairness, counted: u32, what: &str| {
        let line = format!("{counted} {what}; the other had no turn");
        expect((done.counted, done.turns), (counted, 0), line)
    };
    let some = |done: Fairness, counted: u32, what: &str| {
        if done.counted != counted || done.turns == 0 {
            return Err(format!("{done:?}"));
        }
        Ok(Report::new(format!("{counted} {what}; the other had {} turns", done.turns)))
    };
    [
        Variant::breaks("never-yields", move || {
            none(block_on(never_yields(END)), PRIMES, "primes")
        })
        .story("It never awaits: no task can be preempted, so that the other is not polled."),
        Variant::holds("yields", move || {
            some(block_on(yields(END, 100)), PRIMES, "primes, a yield after each 100 numbers")
        })
        .story("It yields after each 100 numbers: the other task has its turn in between."),
        Variant::holds("on-a-thread", move || {
            // How many it has depends on the machine; that it has one is made sure of.
            some(block_on(on_a_thread(END)), PRIMES, "primes, on a thread")
        })
        .story("A thread of its own computes; the executor polls the other task meanwhile."),
        Variant::breaks("unconstrained", move || {
            none(block_on(unconstrained(1000)), 1000, "ready awaits")
        })
        .story("An await on what is ready does not yield, and this switches tokio's budget off."),
        Variant::holds("ready-channel", move || {
            some(block_on(ready_channel(1000)), 1000, "ready awaits, a budget")
        })
        .story("Tokio's channel is pending when the task's budget is used up: the task yields."),
        Variant::breaks("ready-on-ours", || {
            let ours::Fairness { counted, turns } = executor::block_on(ours::ready_channel(1000));
            expect((counted, turns), (1000, 0), "ours has no budget; the other had no turn")
        })
        .story("Our executor gives a task no budget: tokio's channel never yields on it."),
        Variant::holds("on-ours", || {
            let (never, some) = executor::block_on(async {
                (ours::never_yields(END).await, ours::yields(END, 100).await)
            });
            // In FIFO order, the other has a turn at each yield.
            let done = [(never.counted, never.turns), (some.counted, some.turns)];
            let wanted = [(PRIMES, 0), (PRIMES, END / 100)];
            expect(done, wanted, "our executor: the first two variants end the same")
        })
        .story("Without an await, and with a yield now and then, on our executor."),
    ]
}
