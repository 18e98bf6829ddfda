//! A flag that is seen before the data that it stands for.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::{Outcomes, executions, real, weak};

/// The slots that are published for real.
const HANDOVERS: u32 = 20_000;

pub(crate) fn publication() -> Lesson {
    Lesson::new("publication", "a flag says that the data is there, and it is not")
        .story(
            "t1 writes the data, then sets a flag; t2 sees the flag, and reads the data: too \
             early, if it is not there yet. Counted are the early reads in Loom's executions of \
             one handover, and in 20 000 handovers here. An x86 processor keeps two stores in \
             order, and two loads, whether asked to or not: what an ARM may do is shown by \
             Loom.",
        )
        .source("thread-safety/src/publication/")
        .variants(publication_variants)
}

fn publication_variants() -> Vec<Variant> {
    macro_rules! published {
        ($file:ident, $how:literal) => {
            handed_over(
                $how,
                || {
                    executions(|| {
                        weak::publication::once(
                            weak::publication::$file::publish,
                            weak::publication::$file::look,
                        )
                    })
                },
                || {
                    real::publication::many(
                        HANDOVERS,
                        real::publication::$file::publish,
                        real::publication::$file::look,
                    )
                },
            )
        };
    }
    /// The flag without the data: in Loom's executions, and here.
    fn handed_over(
        how: &str,
        loom: impl Fn() -> Outcomes<Option<u32>>,
        here: impl Fn() -> u32,
    ) -> (usize, u32, String) {
        let (outcomes, here) = (loom(), here());
        let early = outcomes.with(|seen| *seen == Some(0));
        let told = format!(
            "{how}; early: Loom {early} of {}, here {here} of {}",
            outcomes.all(),
            grouped(HANDOVERS.into())
        );
        (early, here, told)
    }
    fn breaks((early, here, told): (usize, u32, String)) -> Checked {
        match (early, here) {
            (0, _) => Err(told),
            (_, 0) => Ok(Report::by_model_checker(told)),
            _ => Ok(Report::new(told)),
        }
    }
    fn holds((early, here, told): (usize, u32, String)) -> Checked {
        if early == 0 && here == 0 { Ok(Report::new(told)) } else { Err(told) }
    }
    Vec::from([
        Variant::breaks("relaxed", || breaks(published!(relaxed, "no order"))).story(
            "Nothing orders the data before the flag, so the flag may become visible \
                 before the data.",
        ),
        Variant::breaks("release-alone", || breaks(published!(release_alone, "half of it"))).story(
            "The flag is stored with Release and loaded with Relaxed: half of the \
                 pair orders nothing.",
        ),
        Variant::holds("release-acquire", || {
            holds(published!(release_acquire, "Release, Acquire"))
        })
        .story(
            "The Acquire load that reads the Release store of the flag sees what \
                 happened before that store.",
        ),
        Variant::holds("fences", || holds(published!(fences, "two fences"))).story(
            "A Release fence before the flag's store and an Acquire fence after its \
                 load do the same as the pair.",
        ),
        Variant::holds("seq-cst", || holds(published!(seq_cst, "SeqCst on both"))).story(
            "SeqCst contains Release and Acquire, and adds one total order, which \
                 one flag does not need.",
        ),
        Variant::holds("once-lock", || {
            use real::publication::{many, once_lock};
            match many(HANDOVERS, once_lock::publish, once_lock::look) {
                0 => Ok(Report::new(format!(
                    "one type; early: here 0 of {}",
                    grouped(HANDOVERS.into())
                ))),
                early => Err(format!("nothing was there {early} times")),
            }
        })
        .story(
            "`OnceLock` shows its value once it is initialised, with the orderings \
                 inside.",
        ),
    ])
}
