//! What the workers promise beyond what the lesson shows.

use kit::sync_point::SyncPoint;
use threads_basics::real::worker::{FlagWorker, message};

checks::within_a_minute! {
    #[test]
    fn a_worker_that_is_dropped_is_stopped_and_joined() {
        let met = SyncPoint::of(2).in_rounds();
        drop(FlagWorker::start(&met));
        // Had it not been met and joined, the next one would meet it in place of its own owner.
        let total = FlagWorker::start(&met).stop().expect("it does not panic");
        assert!(total.numbers >= 3);
    }
}

#[test]
fn a_payload_that_is_no_text_has_no_message() {
    assert_eq!(message(&3), None);
    assert_eq!(message(&"as it stands"), Some("as it stands"));
    assert_eq!(message(&"put together".to_owned()), Some("put together"));
}
