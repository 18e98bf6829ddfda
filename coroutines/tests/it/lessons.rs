//! What the lessons' functions promise for other sizes than those of their variants.

use std::time::Duration;

use coroutines::on_tokio::{channels, join_and_select};
use coroutines::tokio_runtime::{block_on_paced, block_on_paused, spawn};

checks::within_a_minute! {
    #[test]
    fn what_is_due_first_comes_first_however_long_other_tasks_keep_the_thread() {
        for _ in 0..10 {
            let beat = Duration::from_millis(2);
            let done = block_on_paced(async {
                drop(spawn(async move { std::thread::sleep(5 * beat) }));
                join_and_select::select(beat).await
            });
            assert_eq!((done.order, done.took), (vec![1], beat));
        }
    }

    #[test]
    fn a_channel_without_a_bound_grows_with_its_producer_and_one_with_a_bound_keeps_it() {
        for messages in [8, 80, 800] {
            let filled = block_on_paused(channels::unbounded(messages, Duration::ZERO));
            assert_eq!(filled.received, messages);
            assert!(filled.most > messages as usize / 2, "{filled:?}");
        }
        for room in [1, 4, 50] {
            let filled = block_on_paused(channels::bounded(200, room, Duration::ZERO));
            assert_eq!(filled.received, 200);
            assert!((1..=room + 1).contains(&filled.most), "room for {room}: {filled:?}");
        }
    }
}
