//! The lesson `tasks`, on our executor and on tokio.

use std::time::Duration;

use coroutines::{on_ours, on_tokio};

checks::within_a_minute! {
    #[test]
    fn one_ends_one_is_aborted_and_one_panics_alone() {
        let ours = on_ours::tasks::run(Duration::ZERO);
        assert_eq!((ours.joined, ours.aborted, ours.panicked), (Some(2), true, true));
        let tokio = on_tokio::tasks::run(Duration::ZERO);
        assert_eq!((tokio.joined, tokio.aborted, tokio.panicked), (Some(2), true, true));
    }
}
