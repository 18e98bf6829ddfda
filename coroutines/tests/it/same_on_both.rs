//! A lesson that asks little of its executor does the same on tokio and on ours.

use std::time::Duration;

use coroutines::{executor, on_ours, on_tokio, tokio_runtime};

const BEAT: Duration = Duration::from_millis(100);

checks::within_a_minute! {
    #[test]
    fn what_is_lost_at_each_await_is_the_same() {
        use on_ours::cancel as ours;
        use on_tokio::cancel as tokio;
        let lost = |cuts: Vec<ours::Cut>| cuts.into_iter().map(|cut| (cut.lost, cut.after)).collect::<Vec<_>>();
        let lost_there =
            |cuts: Vec<tokio::Cut>| cuts.into_iter().map(|cut| (cut.lost, cut.after)).collect::<Vec<_>>();
        assert_eq!(
            lost(ours::at_each_await(ours::half_done)),
            lost_there(tokio::at_each_await(tokio::half_done))
        );
        assert_eq!(
            lost(ours::at_each_await(ours::rolled_back)),
            lost_there(tokio::at_each_await(tokio::rolled_back))
        );
    }

    #[test]
    fn the_channels_of_tokio_do_the_same() {
        let ours = executor::block_on_paused(on_ours::channels::bounded(100, 4, Duration::ZERO));
        assert_eq!(ours.received, 100);
        assert!((1..=5).contains(&ours.most), "{ours:?}");
        assert_eq!(executor::block_on_paused(on_ours::channels::asked(3)), [1, 3, 6]);
    }

    #[test]
    fn permits_and_time_limits_do_the_same() {
        assert_eq!(executor::block_on_paused(on_ours::semaphore::limited(20, 3, BEAT)), 3);
        let ours = executor::block_on_paused(on_ours::timeout::of_the_handle(BEAT));
        let tokio = tokio_runtime::block_on_paused(on_tokio::timeout::of_the_handle(BEAT));
        assert_eq!((ours.expired, ours.steps), (tokio.expired, tokio.steps));
    }

    #[test]
    fn only_tokio_has_a_budget() {
        let ours = executor::block_on(on_ours::cpu_bound::ready_channel(1000));
        assert_eq!((ours.counted, ours.turns), (1000, 0));
    }
}
