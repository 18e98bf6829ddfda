#!/usr/bin/env bash
# futures 0.3.34: `for_each_concurrent(0, …)` runs everything at once.
# Guess: nothing may run, so it is refused or never ends; a limit that is computed and comes out as 0 is noticed.
# Why: the limit is kept as `Option<NonZeroUsize>`, and 0 becomes `None`, no limit. With 1 they run one at a time.
# Source: documentation of `StreamExt::for_each_concurrent` ("a limit of zero"); for_each_concurrent.rs.
. "$(dirname "$0")/run.bash"
rust 'futures = "=0.3.34"' <<'RUST'
use std::future::pending;

use futures::FutureExt;
use futures::stream::{self, StreamExt};

fn main() {
    for limit in [2, 1, 0] {
        let mut begun = 0;
        let never_done = stream::iter(0..100).for_each_concurrent(limit, |_| {
            begun += 1;
            pending()
        });
        assert!(never_done.now_or_never().is_none());
        println!("limit {limit}: {begun} of 100 begun");
    }
}
RUST
holds <<'END'
limit 2: 2 of 100 begun
limit 1: 1 of 100 begun
limit 0: 100 of 100 begun
END
