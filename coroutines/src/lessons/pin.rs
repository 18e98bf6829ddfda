use std::task::Poll;

use coroutines::pin::{moved, pinned, unpin};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("pin", "why a future must not move, and what Pin promises")
        .story(
            "An async function's future keeps a local variable and a reference to it: it points \
             into itself. A move would leave the reference behind.",
        )
        .source("coroutines/src/pin.rs")
        .variants(|| {
            [
                Variant::breaks("moved", || {
                    let line = "moved, it points to where its value was, no longer into itself";
                    expect(moved(), (true, false), line)
                })
                .story("A value with its own address is swapped with another: the address stays."),
                Variant::holds("pinned", || {
                    let line = "the box was moved, and the future stayed in place";
                    expect(pinned(), (true, true, 7), line)
                })
                .story("`Box::pin`: the pointer may be moved, what it points to may not."),
                Variant::holds("unpin", || {
                    let line = "polled, moved, polled again: nothing in it points into itself";
                    expect(unpin(), Poll::Ready("it ends"), line)
                })
                .story("A future without references into itself is `Unpin`, and may be moved."),
            ]
        })
}
