//! Handles are futures: any executor may await them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Wake, Waker};

use futures_executor::block_on;
use futures_util::future::join_all;

use crate::job::Job;
use crate::{pool, values};

claims! {
    fn handles_can_be_awaited_many_at_once_on_any_executor() {
        let pool = pool(2);
        let outcomes = block_on(join_all(pool.submit_all((0..1000).map(Job::Echo))));
        assert_eq!(values(outcomes), (0..1000).collect::<Vec<_>>());
    }

    fn the_waker_of_the_last_poll_is_woken() {
        let pool = pool(1);
        let held = pool.lock();
        let mut handle = pool.submit(Job::Add(1));
        let ((first, _), (last, woken)) = (waker(), waker());
        for waker in [first, last] {
            let polled = Pin::new(&mut handle).poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        drop(held);
        assert!(woken.recv().is_ok());
        assert!(handle.wait().is_ok());
    }
}

fn waker() -> (Waker, mpsc::Receiver<()>) {
    struct Sends(mpsc::Sender<()>);
    impl Wake for Sends {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }
    let (sender, woken) = mpsc::channel();
    (Arc::new(Sends(sender)).into(), woken)
}
